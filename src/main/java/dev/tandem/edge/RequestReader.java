package dev.tandem.edge;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamReadException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import dev.tandem.model.InvalidRequestException;
import dev.tandem.model.InvalidRequestException.Kind;
import java.io.IOException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads requests strictly: what is misspelt or of the wrong type is refused by name, never ignored
 * or bent into shape.
 */
public final class RequestReader {

    private static final String OBJECT =
            "expected one JSON object such as {\"query\": \"...\", \"topK\": 10}";

    private final ObjectMapper json;

    public RequestReader() {
        json =
                JsonMapper.builder()
                        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                        .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                        .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                        .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                        .withCoercionConfig(
                                LogicalType.Textual,
                                text -> {
                                    for (var shape : CoercionInputShape.values()) {
                                        text.setCoercion(shape, CoercionAction.Fail);
                                    }
                                })
                        .build();
    }

    /**
     * @throws InvalidRequestException saying what is wrong, and where
     */
    public <T> T read(byte[] body, Class<T> type) {
        try {
            return present(json.readValue(body, type));
        } catch (JsonProcessingException e) {
            throw refused(e);
        } catch (IOException e) {
            // Jackson's word for bytes that are not UTF-8.
            throw new InvalidRequestException(
                    Kind.MALFORMED, "", "the body is not UTF-8: " + e.getMessage());
        }
    }

    /** Like {@link #read(byte[], Class)}, of a body that was parsed already. */
    public <T> T read(JsonNode body, Class<T> type) {
        try {
            return present(json.treeToValue(body, type));
        } catch (JsonProcessingException e) {
            throw refused(e);
        }
    }

    private static <T> T present(@Nullable T request) {
        if (request == null) {
            throw new InvalidRequestException(Kind.MALFORMED, "", "got null, " + OBJECT);
        }
        return request;
    }

    private static InvalidRequestException refused(JsonProcessingException e) {
        return switch (e) {
            case UnrecognizedPropertyException unknown ->
                    new InvalidRequestException(
                            Kind.MALFORMED,
                            path(unknown),
                            "unknown field; known are " + known(unknown));
            case JsonMappingException mapping when !mapping.getPath().isEmpty() ->
                    new InvalidRequestException(
                            Kind.MALFORMED, path(mapping), "got another type, " + wanted(mapping));
            case StreamReadException syntax ->
                    new InvalidRequestException(Kind.MALFORMED, "", syntax(syntax));
            default -> new InvalidRequestException(Kind.MALFORMED, "", "cannot be read, " + OBJECT);
        };
    }

    private static String syntax(StreamReadException e) {
        var at = e.getLocation();
        return "not JSON at line %d, column %d: %s; %s"
                .formatted(at.getLineNr(), at.getColumnNr(), firstLine(e), OBJECT);
    }

    private static String firstLine(JsonProcessingException e) {
        return e.getOriginalMessage().lines().findFirst().orElse("");
    }

    private static String known(UnrecognizedPropertyException e) {
        return e.getKnownPropertyIds().stream()
                .map(String::valueOf)
                .collect(Collectors.joining(", "));
    }

    private static String wanted(JsonMappingException e) {
        return e instanceof MismatchedInputException mismatch
                        && mismatch.getTargetType() == String.class
                ? "expected a string"
                : "expected a whole number within 32 bits";
    }

    private static String path(JsonMappingException e) {
        return e.getPath().stream()
                .map(
                        step ->
                                step.getFieldName() == null
                                        ? "[" + step.getIndex() + "]"
                                        : step.getFieldName())
                .collect(Collectors.joining("."));
    }
}
