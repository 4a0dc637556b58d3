package dev.tandem.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import dev.tandem.model.SearchException;
import io.quarkus.funqy.lambda.FunqyStreamHandler;
import io.quarkus.funqy.runtime.ApplicationException;
import io.quarkus.runtime.Quarkus;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import org.jboss.logging.MDC;

/**
 * The function's handler in Lambda's Java runtime. Funqy's own starts the application within the
 * first invocation and forgets when that ends; this one starts it before, while the environment is
 * made, when no invocation's time runs.
 */
public final class TandemHandler implements RequestStreamHandler {

    private final RequestStreamHandler funqy = new FunqyStreamHandler();

    /** Models are loaded and the index is opened when it returns. */
    public TandemHandler() {
        try {
            Quarkus.manualStart();
        } catch (RuntimeException e) {
            throw Failure.of(reason(e));
        }
    }

    @Override
    public void handleRequest(InputStream event, OutputStream answer, Context context)
            throws IOException {
        String id = context.getAwsRequestId();
        Invocation.beginFor(id, Duration.ofMillis(context.getRemainingTimeInMillis()));
        // By the name that Quarkus gives it where it asks for invocations itself.
        MDC.put("AWSRequestId", id);
        try {
            funqy.handleRequest(event, answer, context);
        } catch (ApplicationException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        } finally {
            MDC.remove("AWSRequestId");
        }
    }

    /** What Quarkus wraps; the log has it all. */
    private static Throwable reason(Throwable e) {
        Throwable reason = e;
        while (!(reason instanceof SearchException) && reason.getCause() != null) {
            reason = reason.getCause();
        }
        return reason;
    }
}
