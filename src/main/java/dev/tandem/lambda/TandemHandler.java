package dev.tandem.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import dev.tandem.retrieval.EarlyModels;
import io.quarkus.runtime.Quarkus;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;

/**
 * The function's handler in Lambda's Java runtime. Funqy's own starts the application within the
 * first invocation and forgets when that ends; this one starts it before, while the environment is
 * made, when no invocation's time runs.
 */
public final class TandemHandler implements RequestStreamHandler {

    /** Models are loaded and the index is opened when it returns. */
    public TandemHandler() {
        EarlyModels.begin();
        try {
            Quarkus.manualInitialize();
            Quarkus.manualStart();
        } catch (RuntimeException e) {
            throw Failure.ofStart(e);
        }
    }

    @Override
    public void handleRequest(InputStream event, OutputStream answer, Context context)
            throws IOException {
        Duration remaining = Duration.ofMillis(context.getRemainingTimeInMillis());
        Invocation.answer(context.getAwsRequestId(), Invocation.endAfter(remaining), event, answer);
    }
}
