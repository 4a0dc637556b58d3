package dev.tandem;

import dev.tandem.candidates.VectorSupport;
import dev.tandem.lambda.RuntimeClient;
import dev.tandem.retrieval.EarlyModels;
import io.quarkus.runtime.ImageMode;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import io.quarkus.runtime.annotations.QuarkusMain;
import org.jspecify.annotations.Nullable;

/**
 * The process that serves: HTTP, and on Lambda the invocations that the Runtime API has. Lambda's
 * Java runtime does not come by here: it asks the API itself and calls the handler.
 */
@QuarkusMain
public final class Server implements QuarkusApplication {

    public static void main(String... arguments) {
        VectorSupport.choose();
        // Left alone elsewhere: development mode has its own way to end.
        if (RuntimeClient.ofEnvironment().isPresent()) {
            // An executable's framework starts in less time than it takes to say so.
            if (ImageMode.current() == ImageMode.JVM) {
                EarlyModels.begin();
            }
            Quarkus.run(Server.class, Server::exit, arguments);
        } else {
            Quarkus.run(Server.class, arguments);
        }
    }

    /** Once models and index are open, until the process is told to end. */
    @Override
    public int run(String... arguments) {
        RuntimeClient.ofEnvironment().ifPresent(api -> api.serve(() -> Quarkus.asyncExit(1)));
        Quarkus.waitForExit();
        return 0;
    }

    private static void exit(int status, @Nullable Throwable failure) {
        if (failure != null) {
            RuntimeClient.ofEnvironment().ifPresent(api -> api.refuse(failure));
        }
        System.exit(status);
    }
}
