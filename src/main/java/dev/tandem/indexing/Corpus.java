package dev.tandem.indexing;

import dev.tandem.model.IndexException;
import dev.tandem.model.Passage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/** What an index is built from; read as a stream. */
interface Corpus {

    /** File or folder name, for the manifest. */
    String name();

    /** About how many passages there are, for the progress bar. */
    long estimate();

    /** Checksum over the bytes of the input, eight hexadecimal digits. */
    String crc32c() throws IOException;

    /**
     * Hands over the passages in the order of the input.
     *
     * @param problems is told of what is left out
     */
    void forEach(Consumer<Passage> passages, InputProblems problems);

    /**
     * @param input a file of JSON lines, or a folder of .txt and .md files
     * @throws IndexException if there is no such file or folder
     */
    static Corpus open(Path input) {
        if (Files.isDirectory(input)) {
            return new TextFolder(input);
        }
        if (Files.isRegularFile(input)) {
            return new JsonLines(input);
        }
        throw new IndexException(
                "No input at %s. Give a file of JSON lines with _id, title and text, or a folder of .txt and .md files."
                        .formatted(input));
    }
}
