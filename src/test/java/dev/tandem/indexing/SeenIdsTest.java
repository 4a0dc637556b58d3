package dev.tandem.indexing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SeenIdsTest {
    private static final int MANY = 20_000;

    @Test
    void add_manyIds_tellsNewFromOld() {
        try (var seen = new SeenIds()) {
            for (int i = 0; i < MANY; i++) {
                assertThat(seen.add("id-" + i)).as("id-%d", i).isTrue();
            }
            for (int i = 0; i < MANY; i++) {
                assertThat(seen.add("id-" + i)).as("id-%d again", i).isFalse();
            }
            assertThat(seen.add("")).isTrue();
            assertThat(seen.add("")).isFalse();
        }
    }
}
