package dev.tandem.edge;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.exc.StreamReadException;
import com.fasterxml.jackson.databind.DeserializationContext;
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
import com.fasterxml.jackson.databind.util.TokenBuffer;
import dev.tandem.model.InvalidRequestException;
import dev.tandem.model.InvalidRequestException.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads requests strictly: what is misspelt or of the wrong type is refused by name, never ignored
 * or bent into shape.
 */
public final class RequestReader {

    private static final String OBJECT =
            "expected one JSON object such as {\"query\": \"...\", \"topK\": 10}";

    // Jackson's own limits, which it tells of in words about its settings.
    private static final String BEYOND_LIMITS =
            "cannot be read: it is too deep, or has a number or a name that is too long";

    private static final String BYTE_ORDER_MARK = "\ufeff";

    // Jackson tells where a bracket was opened in words about its own settings.
    private static final Pattern START_MARKER = Pattern.compile(" \\(start marker at .*");

    private final ObjectMapper json;

    /** For our own shape, in which a field that is unknown is refused. */
    public RequestReader() {
        this(true);
    }

    private RequestReader(boolean refusesUnknown) {
        json =
                JsonMapper.builder()
                        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                        .configure(
                                DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, refusesUnknown)
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
     * For shapes of others, whose clients may know more fields than we do: those are skipped, as
     * their own servers do. All else is as strict.
     */
    public static RequestReader ofOthers() {
        return new RequestReader(false);
    }

    /**
     * @throws InvalidRequestException saying what is wrong, and where
     */
    public <T> T read(byte[] body, Class<T> type) {
        try (JsonParser parser = json.createParser(text(body))) {
            return read(parser, type);
        } catch (IOException e) {
            throw new UncheckedIOException("Text in memory can be read. This is a bug.", e);
        }
    }

    /** Like {@link #read(byte[], Class)}, by the parser of someone else. */
    public <T> T read(JsonParser body, Class<T> type) throws IOException {
        body.enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
        try {
            return present(json.readValue(body, type));
        } catch (JsonProcessingException e) {
            throw refused(e);
        }
    }

    /**
     * Takes all of a JSON value, to be read later.
     *
     * @throws InvalidRequestException if it is no JSON
     */
    public TokenBuffer buffer(JsonParser value, DeserializationContext context) throws IOException {
        try {
            return context.bufferAsCopyOfValue(value);
        } catch (JsonProcessingException e) {
            throw refused(e);
        }
    }

    /**
     * A filter that stands alone, as in a URL.
     *
     * @throws InvalidRequestException if it is not one JSON value
     */
    public JsonNode filter(String text) {
        try {
            return json.readTree(text);
        } catch (JsonProcessingException e) {
            String why =
                    e instanceof StreamConstraintsException
                            ? BEYOND_LIMITS
                            : "not JSON: %s; expected %s"
                                    .formatted(firstLine(e), FilterReader.EXAMPLE);
            throw new InvalidRequestException(Kind.MALFORMED, FilterReader.FILTER, why);
        }
    }

    /** Strictly UTF-8: Jackson guesses at encodings and accepts overlong forms. */
    private static String text(byte[] body) {
        try {
            String text =
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
            return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw new InvalidRequestException(Kind.MALFORMED, "", "not UTF-8, " + OBJECT);
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
            case JsonMappingException mapping
                    when mapping.getCause() instanceof JsonParseException syntax ->
                    new InvalidRequestException(Kind.MALFORMED, path(mapping), syntax(syntax));
            case JsonMappingException mapping
                    when mapping.getCause() instanceof StreamConstraintsException ->
                    new InvalidRequestException(Kind.MALFORMED, path(mapping), BEYOND_LIMITS);
            case JsonMappingException mapping when !mapping.getPath().isEmpty() ->
                    new InvalidRequestException(
                            Kind.MALFORMED,
                            path(mapping),
                            "got %s, %s".formatted(got(mapping), wanted(mapping)));
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
        String line = e.getOriginalMessage().lines().findFirst().orElse("");
        return START_MARKER.matcher(line).replaceFirst("");
    }

    private static String known(UnrecognizedPropertyException e) {
        return e.getKnownPropertyIds().stream()
                .map(String::valueOf)
                .sorted()
                .collect(Collectors.joining(", "));
    }

    /** What stands in the body at the place where reading stopped. */
    private static String got(JsonMappingException e) {
        if (!(e.getProcessor() instanceof JsonParser parser)) {
            return "another type";
        }
        return switch (parser.currentToken()) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "an array";
            case VALUE_STRING -> "a string";
            case VALUE_TRUE, VALUE_FALSE -> "a boolean";
            case VALUE_NUMBER_FLOAT -> "a number with a fraction or exponent";
            case VALUE_NUMBER_INT -> "a number";
            case null, default -> "another type";
        };
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
                                        : FilterReader.shown(step.getFieldName()))
                .collect(Collectors.joining("."));
    }
}
