package dev.tandem.edge;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The keys of which a call must bring one. They are compared by their digests, all of them, so that
 * the time it takes says nothing about them. A file of keys is read again when it is due: keys can
 * be added, and taken away, while calls go on.
 */
@ApplicationScoped
public class ApiKeys {

    private static final Logger LOG = Logger.getLogger(ApiKeys.class);
    private static final String BEARER = "Bearer ";
    private static final int SHORTEST = 16;

    private final AuthConfig config;
    private final LongSupplier clock;
    private final List<byte[]> configured;
    private volatile List<byte[]> fromFile = List.of();
    private long looked;

    @Inject
    ApiKeys(AuthConfig config) {
        this(config, System::nanoTime);
    }

    /**
     * @param clock nanoseconds from an arbitrary origin
     * @throws IllegalArgumentException if a key is too short, or the file cannot be read
     */
    ApiKeys(AuthConfig config, LongSupplier clock) {
        this.config = config;
        this.clock = clock;
        configured = digests("tandem.auth.keys", config.keys().orElse(List.of()).stream());
        config.keysFile().ifPresent(file -> fromFile = read(file));
        looked = clock.getAsLong();
    }

    /**
     * Whether a call may be answered.
     *
     * @param authorization header of this name; null if it is not there
     * @param apiKey header {@code X-Api-Key}; null if it is not there
     */
    public boolean admit(@Nullable String authorization, @Nullable String apiKey) {
        if (config.keys().isEmpty() && config.keysFile().isEmpty()) {
            return true;
        }
        lookIfDue();
        String key =
                authorization != null && authorization.regionMatches(true, 0, BEARER, 0, 7)
                        ? authorization.substring(BEARER.length()).strip()
                        : apiKey;
        return key != null && isKnown(digest(key));
    }

    private boolean isKnown(byte[] digest) {
        boolean known = false;
        for (byte[] one : configured) {
            known |= MessageDigest.isEqual(one, digest);
        }
        for (byte[] one : fromFile) {
            known |= MessageDigest.isEqual(one, digest);
        }
        return known;
    }

    private synchronized void lookIfDue() {
        if (config.keysFile().isEmpty() || clock.getAsLong() - looked < config.poll().toNanos()) {
            return;
        }
        looked = clock.getAsLong();
        try {
            fromFile = read(config.keysFile().get());
        } catch (IllegalArgumentException e) {
            LOG.errorf("The keys read last stay in force: %s", e.getMessage());
        }
    }

    private static List<byte[]> read(Path file) {
        try (Stream<String> lines = Files.lines(file)) {
            return digests(
                    file.toString(),
                    lines.map(String::strip)
                            .filter(line -> !line.isEmpty() && !line.startsWith("#")));
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "tandem.auth.keys-file: %s cannot be read: %s. Name a file with one key a line."
                            .formatted(file, e),
                    e);
        }
    }

    private static List<byte[]> digests(String where, Stream<String> keys) {
        List<byte[]> digests = new ArrayList<>();
        keys.forEach(
                key -> {
                    if (key.length() < SHORTEST) {
                        throw new IllegalArgumentException(
                                "%s: key %d has %d characters, expected at least %d; take a long random one, as of `openssl rand -hex 24`."
                                        .formatted(
                                                where, digests.size() + 1, key.length(), SHORTEST));
                    }
                    digests.add(digest(key));
                });
        return digests;
    }

    private static byte[] digest(String key) {
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(key.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256. This is a bug.", e);
        }
    }
}
