package dev.tandem.hub;

import dev.tandem.model.ModelException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where the hub is, and who asks.
 *
 * @param endpoint http or https, without a slash at its end
 * @param token of an account; null to ask as anybody
 */
public record HubAccess(URI endpoint, @Nullable String token) {

    /** The environment's name of the endpoint, as all tools of the hub spell it. */
    public static final String ENDPOINT = "HF_ENDPOINT";

    /** The environment's name of the token. */
    public static final String TOKEN = "HF_TOKEN";

    private static final String PUBLIC_HUB = "https://huggingface.co";

    /**
     * @param endpoint the value of {@link #ENDPOINT}; empty for the public hub
     * @param token the value of {@link #TOKEN}
     * @throws ModelException if the endpoint is no URL
     */
    public static HubAccess of(Optional<String> endpoint, Optional<String> token) {
        String url = endpoint.map(String::strip).filter(text -> !text.isEmpty()).orElse(PUBLIC_HUB);
        String its = token.map(String::strip).filter(text -> !text.isEmpty()).orElse(null);
        return new HubAccess(parse(url), its);
    }

    private static URI parse(String url) {
        try {
            URI uri = new URI(url.endsWith("/") ? url.substring(0, url.length() - 1) : url);
            boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            if (http && uri.getHost() != null && uri.getQuery() == null) {
                return uri;
            }
        } catch (URISyntaxException e) {
            throw refused(url, e);
        }
        throw refused(url, null);
    }

    private static ModelException refused(String url, @Nullable Exception cause) {
        return new ModelException(
                "%s: got %s, expected http://HOST or https://HOST of a hub; unset it for %s."
                        .formatted(ENDPOINT, url, PUBLIC_HUB),
                cause);
    }

    URI uri(String path) {
        return URI.create(endpoint + path);
    }

    /**
     * Whether a request to there may carry the token: to the very host and port of the hub only.
     */
    boolean mayKnowToken(URI uri) {
        return endpoint.getScheme().equals(uri.getScheme())
                && endpoint.getHost().equalsIgnoreCase(uri.getHost())
                && port(endpoint) == port(uri);
    }

    private static int port(URI uri) {
        if (uri.getPort() >= 0) {
            return uri.getPort();
        }
        return "https".equals(uri.getScheme()) ? 443 : 80;
    }

    /** Without the token: this may come into a log. */
    @Override
    public String toString() {
        return endpoint + (token == null ? "" : " with a token");
    }
}
