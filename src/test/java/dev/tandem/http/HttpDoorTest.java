package dev.tandem.http;

import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Nested;

/** The HTTP door, of a server in the tests' own process. */
@QuarkusTest
class HttpDoorTest {
    @Nested
    class Search extends SearchEndpointContract {}

    @Nested
    class Refusals extends SearchRefusalContract {}

    @Nested
    class Fuzz extends RequestFuzzContract {}

    @Nested
    class Operations extends OperationsContract {}

    @Nested
    class Page extends SearchPageContract {}
}
