package dev.tandem.lambda;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Lambda's Runtime API, version 2018-06-01, where no runtime of Lambda's asks it: under the native
 * executable, or under a Java of one's own. Hands the function one invocation after the other.
 */
public final class RuntimeClient {

    private static final Logger LOG = Logger.getLogger(RuntimeClient.class);
    private static final String ADDRESS = "AWS_LAMBDA_RUNTIME_API";
    private static final String REQUEST_ID = "Lambda-Runtime-Aws-Request-Id";
    private static final String DEADLINE = "Lambda-Runtime-Deadline-Ms";
    private static final String TRACE_ID = "Lambda-Runtime-Trace-Id";
    private static final String ERROR_TYPE = "Lambda-Runtime-Function-Error-Type";

    /** Where Amazon's X-Ray looks for the trace that an invocation belongs to. */
    private static final String TRACE = "com.amazonaws.xray.traceHeader";

    private static final int OK = 200;
    private static final int ACCEPTED = 202;

    private final ObjectMapper json = new ObjectMapper();
    private final Function function;
    private final URI root;

    /** What answers an invocation, see {@link Invocation#answer}. */
    @FunctionalInterface
    interface Function {
        void answer(String id, @Nullable Instant ends, InputStream event, OutputStream answer)
                throws IOException;
    }

    RuntimeClient(String address) {
        this(address, Invocation::answer);
    }

    RuntimeClient(String address, Function function) {
        this.function = function;
        root = URI.create("http://" + address + "/2018-06-01/runtime/");
    }

    /** The one that this process is to ask; empty if it does not run on Lambda. */
    public static Optional<RuntimeClient> ofEnvironment() {
        return Optional.ofNullable(System.getenv(ADDRESS)).map(RuntimeClient::new);
    }

    /**
     * Answers invocations, away from the caller.
     *
     * @param end called if the API can no longer be reached, as when Lambda ends the environment,
     *     or after an {@link Error}, when the process is not to be trusted any more
     */
    public void serve(Runnable end) {
        Thread.ofPlatform().daemon().name("invocations").start(() -> serveAll(end));
    }

    private void serveAll(Runnable end) {
        try {
            while (true) {
                answerNext();
            }
        } catch (IOException | RuntimeException e) {
            LOG.error("Lambda's Runtime API is not to be reached", e);
        } finally {
            end.run();
        }
    }

    /** Says that the function does not start, and why. */
    public void refuse(Throwable reason) {
        try {
            fail("init/error", Failure.ofStart(reason));
        } catch (IOException e) {
            LOG.error("Lambda was not told that the function does not start", e);
        }
    }

    /** Waits for an invocation as long as there is none. */
    void answerNext() throws IOException {
        HttpURLConnection next = open("invocation/next");
        byte[] event;
        try (InputStream body = next.getInputStream()) {
            event = body.readAllBytes();
        }
        String id = next.getHeaderField(REQUEST_ID);
        if (next.getResponseCode() != OK || id == null) {
            throw new IOException(
                    "%s answered %d, with request id %s"
                            .formatted(next.getURL(), next.getResponseCode(), id));
        }
        String trace = next.getHeaderField(TRACE_ID);
        if (trace != null) {
            System.setProperty(TRACE, trace);
        }
        answer(id, end(next.getHeaderField(DEADLINE)), event);
    }

    private void answer(String id, @Nullable Instant ends, byte[] event) throws IOException {
        String path = "invocation/" + id;
        var answer = new ByteArrayOutputStream();
        try {
            function.answer(id, ends, new ByteArrayInputStream(event), answer);
        } catch (IOException | RuntimeException e) {
            fail(path + "/error", e);
            return;
        } catch (Error e) {
            fail(path + "/error", Failure.of(e));
            throw e;
        }
        post(open(path + "/response"), answer.toByteArray());
    }

    private void fail(String path, Exception e) throws IOException {
        String type = e.getClass().getName();
        ObjectNode error = json.createObjectNode();
        error.put("errorMessage", e.getMessage()).put("errorType", type).putArray("stackTrace");
        HttpURLConnection connection = open(path);
        connection.setRequestProperty(ERROR_TYPE, type);
        post(connection, json.writeValueAsBytes(error));
    }

    private static void post(HttpURLConnection connection, byte[] body) throws IOException {
        connection.setRequestMethod("POST");
        connection.setRequestProperty("Content-Type", "application/json");
        connection.setDoOutput(true);
        connection.setFixedLengthStreamingMode(body.length);
        try (var out = connection.getOutputStream()) {
            out.write(body);
        }
        int status = connection.getResponseCode();
        if (status != ACCEPTED) {
            LOG.errorf(
                    "Lambda took no answer of %d bytes: %s says %d",
                    body.length, connection.getURL(), status);
            return;
        }
        // Read to its end, the connection serves the next call too.
        connection.getInputStream().readAllBytes();
    }

    private HttpURLConnection open(String path) throws IOException {
        return (HttpURLConnection) root.resolve(path).toURL().openConnection();
    }

    private static @Nullable Instant end(@Nullable String millis) {
        try {
            return millis == null ? null : Instant.ofEpochMilli(Long.parseLong(millis));
        } catch (NumberFormatException | DateTimeException e) {
            return null;
        }
    }
}
