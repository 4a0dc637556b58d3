package dev.tandem.onnx;

import ai.djl.util.cuda.CudaUtils;
import java.lang.invoke.MethodHandles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Tells the tokenizer's library where its native part lies, before the first tokenizer is made.
 * Left to itself it unpacks that part into the user's home, looks for a GPU by way of another
 * native library and a process, fetches another part where it sees one, and on Amazon's hosts tells
 * its makers the id of the host.
 */
final class TokenizerLibrary {

    private static final String OFFLINE = "ai.djl.offline";
    private static final String PATH = "RUST_LIBRARY_PATH";

    /** Whether CUDA is asked in a process of its own. */
    private static final String FORK = "ai.djl.util.cuda.fork";

    private static boolean prepared;

    private TokenizerLibrary() {}

    /** What the user set stays. */
    static synchronized void prepare() {
        if (prepared) {
            return;
        }
        prepared = true;
        forgetCuda();
        setIfUnset(OFFLINE, "true");
        ProcessHandle.current()
                .info()
                .command()
                .flatMap(executable -> beside(Path.of(executable)))
                .ifPresent(library -> setIfUnset(PATH, library.toString()));
    }

    /**
     * Has the library that asks CUDA initialised without what it would ask it by: it counts no GPU
     * then. It leaves that out if it is to ask in another process, which it does not come to.
     */
    private static void forgetCuda() {
        String user = System.getProperty(FORK);
        System.setProperty(FORK, "true");
        try {
            MethodHandles.lookup().ensureInitialized(CudaUtils.class);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException("The class is public. This is a bug.", e);
        } finally {
            if (user == null) {
                System.clearProperty(FORK);
            } else {
                System.setProperty(FORK, user);
            }
        }
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
