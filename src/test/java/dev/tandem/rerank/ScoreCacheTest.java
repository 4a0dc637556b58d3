package dev.tandem.rerank;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.fixtures.RealModels;
import dev.tandem.fixtures.Settings;
import dev.tandem.model.CacheUse;
import dev.tandem.model.Span;
import dev.tandem.onnx.ModelInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ScoreCacheTest {
    private static final long[] QUERY = {1_000, 2_000};
    private static final long[] OTHER_QUERY = {1_000, 2_001};

    @TempDir private Path dir;

    @Test
    void get_keptScore_isTheSameBits() {
        var scores = ScoreCache.open(Settings.cache(1_000), "f").of(QUERY);
        scores.put(pair(QUERY, 5), 0.1f);
        scores.put(pair(QUERY, 6), -0.0f);

        assertThat(scores.get(pair(QUERY, 5))).isEqualTo(0.1f);
        assertThat(Float.floatToRawIntBits(scores.get(pair(QUERY, 6))))
                .isEqualTo(Float.floatToRawIntBits(-0.0f));
    }

    @Test
    void get_otherQueryOrPassage_isUnknown() {
        var cache = ScoreCache.open(Settings.cache(1_000), "f");
        cache.of(QUERY).put(pair(QUERY, 5), 1);

        assertThat(cache.of(QUERY).get(pair(QUERY, 6))).isNaN();
        assertThat(cache.of(OTHER_QUERY).get(pair(OTHER_QUERY, 5))).isNaN();
    }

    /** Where the query ends is not to be seen in the sequence, if both could hold a separator. */
    @Test
    void get_sameSequenceSplitElsewhere_isUnknown() {
        var cache = ScoreCache.open(Settings.cache(1_000), "f");
        ModelInput same = pair(QUERY, 5);
        cache.of(QUERY).put(same, 1);

        assertThat(cache.of(OTHER_QUERY).get(same)).isNaN();
    }

    @Test
    void any_ofAQuery_isWhetherItHasScores() {
        var cache = ScoreCache.open(Settings.cache(1_000), "f");
        assertThat(cache.of(QUERY).any()).isFalse();
        cache.of(QUERY).put(pair(QUERY, 5), 1);

        assertThat(cache.of(QUERY).any()).isTrue();
        assertThat(cache.of(OTHER_QUERY).any()).isFalse();
    }

    @Test
    void put_nan_isNotKept() {
        var scores = ScoreCache.open(Settings.cache(1_000), "f").of(QUERY);
        scores.put(pair(QUERY, 5), Float.NaN);

        assertThat(scores.any()).isFalse();
    }

    @Test
    void none_keepsNothing() {
        assertThat(ScoreCache.open(Settings.NO_CACHE, "f")).isSameAs(ScoreCache.NONE);
        var scores = ScoreCache.NONE.of(QUERY);
        scores.put(pair(QUERY, 5), 1);

        assertThat(scores.any()).isFalse();
        assertThat(scores.get(pair(QUERY, 5))).isNaN();
        assertThat(ScoreCache.NONE.use()).isEqualTo(CacheUse.NONE);
    }

    @Test
    void use_afterSomeRequests_countsThem() {
        var cache = ScoreCache.open(Settings.cache(1_000), "f");
        var scores = cache.of(QUERY);
        scores.get(pair(QUERY, 5));
        scores.get(pair(QUERY, 5));
        scores.put(pair(QUERY, 5), 1);
        scores.get(pair(QUERY, 5));
        scores.get(pair(QUERY, 5));

        assertThat(cache.use()).isEqualTo(new CacheUse(2, 1, 1, 0, 0));
    }

    @Test
    void put_moreThanItHolds_staysWithinIt() {
        var cache = ScoreCache.open(Settings.cache(1_000), "f");
        var scores = cache.of(QUERY);
        for (int i = 0; i < 5_000; i++) {
            scores.put(pair(new long[] {i, 7}, 1), i);
        }

        assertThat(cache.use().scores()).isLessThanOrEqualTo(1_000);
    }

    @Test
    void folder_scoresOfAClosedCache_areFoundByTheNext() {
        try (var first = ScoreCache.open(Settings.cache(1_000, dir), "f")) {
            first.of(QUERY).put(pair(QUERY, 5), 0.25f);
        }
        try (var next = ScoreCache.open(Settings.cache(1_000, dir), "f")) {
            await(() -> next.of(QUERY).any());

            assertThat(next.of(QUERY).get(pair(QUERY, 5))).isEqualTo(0.25f);
            await(() -> next.use().bytes() == 2 * ScoreFile.RECORD);
        }
    }

    @Test
    void folder_twoCachesAtATime_findEachOthersScores() {
        try (var one = ScoreCache.open(Settings.cache(1_000, dir), "f");
                var other = ScoreCache.open(Settings.cache(1_000, dir), "f")) {
            one.of(QUERY).put(pair(QUERY, 5), 0.25f);
            other.of(OTHER_QUERY).put(pair(OTHER_QUERY, 5), 0.5f);
            await(() -> other.of(QUERY).any() && one.of(OTHER_QUERY).any());

            assertThat(other.of(QUERY).get(pair(QUERY, 5))).isEqualTo(0.25f);
            assertThat(one.of(OTHER_QUERY).get(pair(OTHER_QUERY, 5))).isEqualTo(0.5f);
        }
    }

    @Test
    void folder_otherFingerprint_findsNothing() {
        try (var first = ScoreCache.open(Settings.cache(1_000, dir), "f")) {
            first.of(QUERY).put(pair(QUERY, 5), 0.25f);
        }
        try (var other = ScoreCache.open(Settings.cache(1_000, dir), "g")) {
            await(() -> other.use().bytes() > 0);

            assertThat(other.of(QUERY).any()).isFalse();
            assertThat(other.of(QUERY).get(pair(QUERY, 5))).isNaN();
        }
    }

    @Test
    void folder_moreThanItMayHold_losesTheOldestFiles() throws IOException {
        long most = 1_000 * 2 * ScoreFile.RECORD;
        for (int process = 0; process < 4; process++) {
            try (var cache = ScoreCache.open(Settings.cache(1_000, dir), "f")) {
                var scores = cache.of(QUERY);
                for (int i = 0; i < 900; i++) {
                    scores.put(pair(new long[] {process, i}, 1), i);
                }
            }
        }
        try (var cache = ScoreCache.open(Settings.cache(1_000, dir), "f")) {
            await(() -> cache.use().bytes() > 0);

            assertThat(cache.use().bytes()).isLessThanOrEqualTo(most);
            assertThat(size()).isEqualTo(cache.use().bytes());
        }
    }

    @Test
    void folder_thatCannotBe_costsNothingButTheFolder() throws IOException {
        Path file = Files.createFile(dir.resolve("a-file"));
        try (var cache = ScoreCache.open(Settings.cache(1_000, file), "f")) {
            cache.of(QUERY).put(pair(QUERY, 5), 0.25f);

            assertThat(cache.of(QUERY).get(pair(QUERY, 5))).isEqualTo(0.25f);
        }
    }

    @Test
    void folder_deletedMeanwhile_isMadeAgain() throws IOException {
        Path inner = dir.resolve("scores");
        try (var cache = ScoreCache.open(Settings.cache(1_000, inner), "f")) {
            cache.of(QUERY).put(pair(QUERY, 5), 0.25f);
            await(() -> files(inner) == 1);
            try (var files = Files.list(inner)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(inner);
            await(() -> cache.use().bytes() == 0 && !Files.exists(inner));
            // Seen at the next look; what is written until then is lost with the folder.
            await(
                    () -> {
                        cache.of(QUERY).put(pair(QUERY, 6), 0.5f);
                        return files(inner) == 1;
                    });
        }
    }

    private long size() throws IOException {
        try (var files = Files.list(dir)) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        }
    }

    private static long files(Path folder) {
        String[] names = folder.toFile().list();
        return names == null ? 0 : names.length;
    }

    private static void await(BooleanSupplier happened) {
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!happened.getAsBoolean()) {
            assertThat(System.nanoTime()).as("patience").isLessThan(end);
            try {
                Thread.sleep(10);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    private static ModelInput pair(long[] query, int passageTokens) {
        int[] passage = IntStream.range(3_000, 3_000 + passageTokens).toArray();
        return RealModels.pairTokenizer().pair(query, passage, new Span(0, passageTokens));
    }
}
