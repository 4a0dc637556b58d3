package dev.tandem.onnx;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Tells the tokenizer's library where its native part lies, before the first tokenizer is made.
 * Left to itself it unpacks that part into the user's home, fetches another one where it sees a
 * GPU, and on Amazon's hosts tells its makers the id of the host.
 */
final class TokenizerLibrary {

    private static final String OFFLINE = "ai.djl.offline";
    private static final String PATH = "RUST_LIBRARY_PATH";

    private TokenizerLibrary() {}

    /** What the user set stays. */
    static void prepare() {
        setIfUnset(OFFLINE, "true");
        ProcessHandle.current()
                .info()
                .command()
                .flatMap(executable -> beside(Path.of(executable)))
                .ifPresent(library -> setIfUnset(PATH, library.toString()));
    }

    /** The native part beside an executable: a native one has it there, {@code java} has not. */
    static Optional<Path> beside(Path executable) {
        Path library = executable.resolveSibling(System.mapLibraryName("tokenizers"));
        return Optional.of(library).filter(Files::isRegularFile);
    }

    private static void setIfUnset(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }
}
