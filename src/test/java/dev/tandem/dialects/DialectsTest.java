package dev.tandem.dialects;

import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Nested;

/** The APIs of others, of a server in the tests' own process. */
@QuarkusTest
class DialectsTest {
    @Nested
    class Rerank extends RerankApisContract {}

    @Nested
    class Embeddings extends EmbeddingsContract {}
}
