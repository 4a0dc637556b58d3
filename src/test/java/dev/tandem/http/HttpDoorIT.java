package dev.tandem.http;

import dev.tandem.fixtures.PackagedServer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.extension.ExtendWith;

/** The HTTP door, of the server that was built. */
@ExtendWith(PackagedServer.class)
class HttpDoorIT {
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
