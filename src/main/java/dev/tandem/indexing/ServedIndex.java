package dev.tandem.indexing;

import dev.tandem.index.Generation;
import dev.tandem.index.IndexFolder;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The option of commands that read an index. */
final class ServedIndex {

    @Option(
            names = "--index",
            required = true,
            paramLabel = "DIR",
            description = "Folder of the index.")
    private Path index = Path.of("");

    Generation current() {
        return folder().current();
    }

    IndexFolder folder() {
        return new IndexFolder(index);
    }
}
