package dev.tandem.lambda;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Map;

/**
 * An HTTP answer as Function URLs and HTTP APIs unwrap it.
 *
 * @param body JSON, as text
 */
@RegisterForReflection
record EnvelopeReply(
        int statusCode,
        Map<String, String> headers,
        String body,
        @JsonProperty("isBase64Encoded") boolean isBase64Encoded) {}
