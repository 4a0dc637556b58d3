package dev.tandem.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** A file of the search page, held in memory: a few kB, the same for every caller. */
final class PageFile {

    /**
     * Nothing from elsewhere, nothing inline, no frame around the page. A browser that meets
     * anything else in it refuses to load it.
     */
    static final String POLICY =
            "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
                    + " object-src 'none'";

    private final Buffer bytes;
    private final String type;
    private final String tag;

    private PageFile(byte[] bytes, String type) {
        this.bytes = Buffer.buffer(bytes);
        this.type = type;
        tag = '"' + sha256(bytes) + '"';
    }

    /**
     * @param name of the file in the folder {@code page} of the resources
     */
    static PageFile read(String name) {
        try (InputStream file = PageFile.class.getResourceAsStream("/page/" + name)) {
            if (file == null) {
                throw new IllegalStateException("page/%s is not packed".formatted(name));
            }
            return new PageFile(file.readAllBytes(), type(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void answer(RoutingContext context) {
        HttpServerResponse response = context.response();
        // Kept by browsers, but asked for again each time: a new version is never mixed with an
        // old.
        response.putHeader(HttpHeaderNames.CACHE_CONTROL, "no-cache")
                .putHeader(HttpHeaderNames.ETAG, tag);
        if (isKnown(context.request().getHeader(HttpHeaderNames.IF_NONE_MATCH))) {
            response.setStatusCode(304).end();
            return;
        }
        response.putHeader(HttpHeaderNames.CONTENT_TYPE, type)
                .putHeader(HttpHeaderNames.CONTENT_SECURITY_POLICY, POLICY)
                .putHeader("X-Content-Type-Options", "nosniff")
                // The page's address holds the question.
                .putHeader("Referrer-Policy", "no-referrer")
                .end(bytes);
    }

    /** A proxy that compresses on its way makes a tag weak. */
    private boolean isKnown(@Nullable String tags) {
        return tags != null
                && Arrays.stream(tags.split(","))
                        .map(known -> known.strip().replaceFirst("^W/", ""))
                        .anyMatch(known -> known.equals(tag) || known.equals("*"));
    }

    private static String type(String name) {
        return switch (name.substring(name.lastIndexOf('.') + 1)) {
            case "html" -> "text/html; charset=utf-8";
            case "css" -> "text/css; charset=utf-8";
            case "js" -> "text/javascript; charset=utf-8";
            case "svg" -> "image/svg+xml";
            default -> throw new IllegalArgumentException(name + " has no content type here");
        };
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes), 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256. This is a bug.", e);
        }
    }
}
