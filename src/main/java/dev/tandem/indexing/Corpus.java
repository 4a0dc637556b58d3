package dev.tandem.indexing;

import dev.tandem.model.IndexException;
import dev.tandem.model.Passage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.zip.CRC32C;

/** What an index is built from; read as a stream. */
interface Corpus {

    /** File or folder name, for the manifest. */
    String name();

    /** About how many passages there are, for the progress bar. */
    long estimate();

    /**
     * Hands over the passages in the order of the input.
     *
     * @param problems is told of what is left out
     * @return checksum over all that was read
     */
    CRC32C forEach(Consumer<Passage> passages, InputProblems problems);

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
