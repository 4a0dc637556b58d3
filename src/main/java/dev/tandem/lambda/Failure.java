package dev.tandem.lambda;

import dev.tandem.edge.Problem;
import dev.tandem.model.IndexException;
import dev.tandem.model.ModelException;
import dev.tandem.model.SearchException;
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
        RuntimeException shown = e instanceof SearchException known ? shown(known) : unexpected(e);
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

    private static SearchException shown(SearchException e) {
        String detail = Problem.of(e).detail();
        return switch (e) {
            case IndexException _ -> {
                LOG.error("Invocation failed", e);
                yield new IndexException(detail);
            }
            case ModelException _ -> {
                LOG.error("Invocation failed", e);
                yield new ModelException(detail);
            }
            default -> e;
        };
    }

    private static RuntimeException unexpected(Throwable e) {
        LOG.error("Invocation failed unexpectedly. This is a bug.", e);
        return new IllegalStateException("The function's log says what happened.");
    }
}
