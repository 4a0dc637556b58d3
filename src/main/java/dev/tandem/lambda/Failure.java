package dev.tandem.lambda;

import dev.tandem.edge.Problem;
import dev.tandem.model.IndexException;
import dev.tandem.model.ModelException;
import dev.tandem.model.SearchException;
import io.smallrye.config.ConfigValidationException;
import org.jboss.logging.Logger;

/**
 * What a caller sees of a failure: its class and what to do, but no stack trace and no path of the
 * host, all of which Lambda would send.
 */
final class Failure {

    private static final Logger LOG = Logger.getLogger(Failure.class);
    private static final StackTraceElement[] NO_TRACE = {};

    private Failure() {}

    static RuntimeException of(Throwable e) {
        RuntimeException shown = shown(e);
        shown.setStackTrace(NO_TRACE);
        return shown;
    }

    /** Of what Quarkus wraps when the application does not start; the log has it all. */
    static RuntimeException ofStart(Throwable e) {
        Throwable reason = e;
        while (!(reason instanceof SearchException) && reason.getCause() != null) {
            reason = reason.getCause();
        }
        return of(reason);
    }

    private static RuntimeException shown(Throwable e) {
        return switch (e) {
            case IndexException index -> {
                LOG.error("Invocation failed", e);
                yield new IndexException(Problem.of(index).detail());
            }
            case ModelException model -> {
                LOG.error("Invocation failed", e);
                yield new ModelException(Problem.of(model).detail());
            }
            case SearchException known -> known;
            case ConfigValidationException _ -> {
                // Where a key was set may be a path.
                LOG.error(e.getMessage());
                yield new IllegalArgumentException(
                        "Configuration is refused. The function's log says which keys, and what is expected.");
            }
            default -> {
                LOG.error("Invocation failed unexpectedly. This is a bug.", e);
                yield new IllegalStateException("The function's log says what happened.");
            }
        };
    }
}
