package dev.tandem.dialects;

import dev.tandem.fixtures.PackagedServer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.extension.ExtendWith;

/** The APIs of others, of the server that was built. */
@ExtendWith(PackagedServer.class)
class DialectsIT {
    @Nested
    class Rerank extends RerankApisContract {}

    @Nested
    class Embeddings extends EmbeddingsContract {}
}
