package dev.tandem.edge;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.tandem.model.IndexException;
import dev.tandem.model.InvalidRequestException;
import dev.tandem.model.InvalidRequestException.Violation;
import dev.tandem.model.ModelException;
import dev.tandem.model.OverloadedException;
import dev.tandem.model.SearchException;
import dev.tandem.model.UnavailableException;
import java.util.List;

/**
 * An error as it goes over the wire, RFC 9457.
 *
 * @param type names the kind of problem; stable
 * @param status HTTP status
 * @param violations what is wrong with the request, field by field
 */
public record Problem(
        String type,
        String title,
        int status,
        String detail,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Violation> violations) {

    public static Problem of(SearchException e) {
        return switch (e) {
            case InvalidRequestException invalid -> invalid(invalid);
            case OverloadedException _ ->
                    problem("overloaded", "Overloaded", 429, String.valueOf(e.getMessage()));
            case UnavailableException _ ->
                    problem("unavailable", "Not ready", 503, String.valueOf(e.getMessage()));
            // What these say names files of the host, which a caller has no use for.
            case IndexException _ ->
                    problem("index", "The index cannot be read", 503, "See the server's log.");
            case ModelException _ ->
                    problem("model", "A model cannot be run", 503, "See the server's log.");
        };
    }

    /** A problem of HTTP itself, such as an unknown path. */
    public static Problem ofStatus(int status, String title, String detail) {
        return problem("http", title, status, detail);
    }

    /** A problem of HTTP itself that the API's description helps with. */
    public static Problem ofHttp(int status, String title) {
        return ofStatus(status, title, "The API is described at /q/openapi.");
    }

    /** A call without a key. */
    public static Problem unauthorized() {
        return problem(
                "unauthorized",
                "No valid key",
                401,
                "Send a key that this server knows as \"Authorization: Bearer KEY\" or \"X-Api-Key: KEY\".");
    }

    /** A bug of ours, of which a caller sees nothing more. */
    public static Problem unexpected() {
        return ofStatus(500, "Internal error", "The server's log says what happened.");
    }

    private static Problem invalid(InvalidRequestException e) {
        int status =
                switch (e.kind()) {
                    case MALFORMED -> 400;
                    case OUT_OF_BOUNDS -> 422;
                    case TOO_LARGE -> 413;
                };
        return new Problem(
                urn("invalid-request"),
                "The request cannot be answered as it stands",
                status,
                String.valueOf(e.getMessage()),
                e.violations());
    }

    private static Problem problem(String kind, String title, int status, String detail) {
        return new Problem(urn(kind), title, status, detail, List.of());
    }

    private static String urn(String kind) {
        return "urn:tandem:problem:" + kind;
    }
}
