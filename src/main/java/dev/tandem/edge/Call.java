package dev.tandem.edge;

import dev.tandem.model.Deadline;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A request as any door hands it on. A class and not a record: its body is an array, which nobody
 * changes.
 */
public final class Call {

    private final Target target;
    private final Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    private final byte[] body;
    private final @Nullable Deadline platformEnd;

    /**
     * What is asked for.
     *
     * @param method in upper case
     * @param path decoded, such as {@code /v1/search}
     * @param query decoded parameters of the URL
     */
    public record Target(String method, String path, Map<String, List<String>> query) {

        public Target {
            method = method.toUpperCase(Locale.ROOT);
        }
    }

    /**
     * @param headers by name, in whichever case
     * @param platformEnd when the platform ends the call; null if it does not
     */
    public Call(
            Target target,
            Map<String, String> headers,
            byte[] body,
            @Nullable Deadline platformEnd) {
        this.target = target;
        this.headers.putAll(headers);
        this.body = body;
        this.platformEnd = platformEnd;
    }

    public Target target() {
        return target;
    }

    /** Null if it is not there. */
    public @Nullable String header(String name) {
        return headers.get(name);
    }

    public byte[] body() {
        return body;
    }

    /** Null if the platform does not end calls. */
    public @Nullable Deadline platformEnd() {
        return platformEnd;
    }
}
