package dev.tandem.rerank;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tandem.model.CacheUse;
import dev.tandem.onnx.ModelInput;
import dev.tandem.onnx.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Logits that the cross-encoder gave before. The key is what the logit depends on and nothing else:
 * the scores' fingerprint and the token ids that one run reads. So another model, another host's
 * arithmetic, another cut of the passage, a changed passage or query has another key, and queries
 * that differ in what the tokenizer folds (case, white space) share one. Thread-safe.
 */
public final class ScoreCache implements AutoCloseable {

    /** Keeps nothing. */
    public static final ScoreCache NONE = new ScoreCache("", 0);

    /** Queries that are known to have scores, for each score that is held. */
    private static final int SCORES_A_QUERY = 10;

    private final String fingerprint;
    private final boolean enabled;
    private final Cache<Key, Float> scores;
    private final Cache<Long, Boolean> queries;
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private @Nullable ScoreFiles files;

    /**
     * What a logit depends on, as two hashes of 64 bits: of query and fingerprint, and of the whole
     * input.
     */
    record Key(long query, long input) {}

    private ScoreCache(String fingerprint, int entries) {
        this.fingerprint = fingerprint;
        enabled = entries > 0;
        // On the caller's thread: a pool of its own would not outlive a frozen host.
        scores = Caffeine.newBuilder().maximumSize(entries).executor(Runnable::run).build();
        queries =
                Caffeine.newBuilder()
                        .maximumSize(entries / SCORES_A_QUERY)
                        .executor(Runnable::run)
                        .build();
    }

    /**
     * @param fingerprint of the scores that go into the folder, see {@link
     *     dev.tandem.model.Numerics#fingerprint()}; others are held in memory only
     */
    public static ScoreCache open(CacheConfig config, String fingerprint) {
        if (!config.enabled()) {
            return NONE;
        }
        var cache = new ScoreCache(fingerprint, config.entries());
        config.dir()
                .ifPresent(
                        dir ->
                                cache.files =
                                        ScoreFiles.open(
                                                new ScoreFiles.Settings(
                                                        dir,
                                                        fingerprint,
                                                        config.entries(),
                                                        config.poll()),
                                                cache::found));
        return cache;
    }

    /**
     * The scores of one query.
     *
     * @param tokens of the query, no special tokens
     */
    public Scores of(long[] tokens) {
        return of(fingerprint, tokens);
    }

    /**
     * The scores of one query on one device.
     *
     * @param its fingerprint of these scores
     * @param tokens of the query, no special tokens
     */
    Scores of(String its, long[] tokens) {
        return new Scores(its, enabled ? hash(its, tokens) : 0);
    }

    public CacheUse use() {
        return new CacheUse(
                hits.sum(),
                misses.sum(),
                scores.estimatedSize(),
                files == null ? 0 : files.bytes(),
                files == null ? 0 : files.failures());
    }

    /** Waits until what is to be written is written. */
    @Override
    public void close() {
        if (files != null) {
            files.close();
        }
    }

    /** From another process, or an earlier one. */
    private void found(ScoreFile.Entry entry) {
        scores.put(entry.key(), entry.logit());
        queries.put(entry.key().query(), true);
    }

    private static long hash(String fingerprint, long[] tokens) {
        var digest = Sha256.digest();
        digest.update(fingerprint.getBytes(StandardCharsets.UTF_8));
        var bytes = ByteBuffer.allocate(tokens.length * Long.BYTES);
        bytes.asLongBuffer().put(tokens);
        return ByteBuffer.wrap(digest.digest(bytes.array())).getLong();
    }

    /** The logits of one query's inputs. Thread-safe. */
    public final class Scores {

        private final String its;
        private final long query;

        private Scores(String its, long query) {
            this.its = its;
            this.query = query;
        }

        /** Whether some input of the query may be known: worth a look at all of them. */
        public boolean any() {
            return enabled && queries.getIfPresent(query) != null;
        }

        /** NaN if it is not known. */
        public float get(ModelInput input) {
            if (!enabled) {
                return Float.NaN;
            }
            Float logit = scores.getIfPresent(key(input));
            if (logit == null) {
                return Float.NaN;
            }
            hits.increment();
            return logit;
        }

        /**
         * @param logit NaN is not kept: it may be the run's fault, and not the model's
         */
        public void put(ModelInput input, float logit) {
            if (!enabled || Float.isNaN(logit)) {
                return;
            }
            misses.increment();
            Key key = key(input);
            scores.put(key, logit);
            queries.put(query, true);
            if (files != null && its.equals(fingerprint)) {
                files.add(key, logit);
            }
        }

        private Key key(ModelInput input) {
            return new Key(query, hash(its, input.inputIds()));
        }
    }
}
