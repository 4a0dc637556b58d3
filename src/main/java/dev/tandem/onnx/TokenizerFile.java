package dev.tandem.onnx;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What must be known of a {@code tokenizer.json} besides what the tokenizer itself does with it.
 * Read as a stream: a tree of its vocabulary would take longer to make than all else at start.
 */
final class TokenizerFile {

    private static final JsonFactory JSON = new JsonFactory();
    private static final String MODEL = "model";
    private static final String ADDED_TOKENS = "added_tokens";

    /** Those that decide how text becomes token ids, in the order of the fingerprint. */
    private static final String[] PARTS = {"normalizer", "pre_tokenizer", MODEL, ADDED_TOKENS};

    private final BitSet words = new BitSet();
    private final String fingerprint;
    private int largestId;

    private TokenizerFile(Path file) throws IOException {
        Map<String, ByteArrayOutputStream> parts = new HashMap<>();
        for (String part : PARTS) {
            parts.put(part, new ByteArrayOutputStream());
        }
        try (JsonParser in = JSON.createParser(file.toFile())) {
            in.nextToken();
            while (in.nextToken() == JsonToken.FIELD_NAME) {
                readPart(in, parts.get(in.currentName()));
            }
        }
        addedTokens(bytes(parts, ADDED_TOKENS));
        fingerprint = digest(parts);
    }

    static TokenizerFile read(Path file) throws IOException {
        return new TokenizerFile(file);
    }

    /** The largest id that the tokenizer can give. */
    int largestId() {
        return largestId;
    }

    /** Ids of the tokens that have a letter or a digit. */
    BitSet words() {
        return words;
    }

    /**
     * SHA-256 over the parts that decide how text becomes token ids, without white space. The rest,
     * such as truncation, padding and special-token templates, does not count.
     */
    String fingerprint() {
        return fingerprint;
    }

    /**
     * @param part takes what it is, without white space; null if it does not count
     */
    private void readPart(JsonParser in, @Nullable ByteArrayOutputStream part) throws IOException {
        String name = in.currentName();
        JsonToken value = in.nextToken();
        if (part == null) {
            in.skipChildren();
            return;
        }
        try (JsonGenerator copy = JSON.createGenerator(part)) {
            if (name.equals(MODEL) && value == JsonToken.START_OBJECT) {
                copyModel(in, copy);
            } else {
                copy.copyCurrentStructure(in);
            }
        }
    }

    private void copyModel(JsonParser in, JsonGenerator copy) throws IOException {
        copy.writeStartObject();
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            copy.copyCurrentEvent(in);
            boolean vocabulary = in.currentName().equals("vocab");
            JsonToken value = in.nextToken();
            if (vocabulary && value == JsonToken.START_OBJECT) {
                copyIdsByToken(in, copy);
            } else if (vocabulary && value == JsonToken.START_ARRAY) {
                copyTokensWithScores(in, copy);
            } else {
                copy.copyCurrentStructure(in);
            }
        }
        copy.writeEndObject();
    }

    private void copyIdsByToken(JsonParser in, JsonGenerator copy) throws IOException {
        copy.writeStartObject();
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            String token = in.currentName();
            copy.writeFieldName(token);
            in.nextToken();
            add(token, in.getValueAsInt());
            copy.copyCurrentStructure(in);
        }
        copy.writeEndObject();
    }

    /** A list of pairs; a token's id is its place. */
    private void copyTokensWithScores(JsonParser in, JsonGenerator copy) throws IOException {
        copy.writeStartArray();
        for (int id = 0; in.nextToken() != JsonToken.END_ARRAY; id++) {
            add("", id);
            if (in.currentToken() == JsonToken.START_ARRAY) {
                copyTokenWithScore(in, copy, id);
            } else {
                copy.copyCurrentStructure(in);
            }
        }
        copy.writeEndArray();
    }

    private void copyTokenWithScore(JsonParser in, JsonGenerator copy, int id) throws IOException {
        copy.writeStartArray();
        for (int place = 0; in.nextToken() != JsonToken.END_ARRAY; place++) {
            if (place == 0) {
                add(in.getValueAsString(""), id);
            }
            copy.copyCurrentStructure(in);
        }
        copy.writeEndArray();
    }

    private void add(String token, int id) {
        largestId = Math.max(largestId, id);
        if (id >= 0 && token.codePoints().anyMatch(Character::isLetterOrDigit)) {
            words.set(id);
        }
    }

    private void addedTokens(byte[] json) throws IOException {
        if (json.length > 0) {
            for (JsonNode token : new ObjectMapper().readTree(json)) {
                largestId = Math.max(largestId, token.path("id").asInt());
            }
        }
    }

    private static String digest(Map<String, ByteArrayOutputStream> parts) {
        MessageDigest digest = Sha256.digest();
        for (String part : PARTS) {
            digest.update(part.getBytes(StandardCharsets.UTF_8));
            digest.update(bytes(parts, part));
            digest.update((byte) '\n');
        }
        return Sha256.hex(digest);
    }

    private static byte[] bytes(Map<String, ByteArrayOutputStream> parts, String part) {
        ByteArrayOutputStream bytes = parts.get(part);
        return bytes == null ? new byte[0] : bytes.toByteArray();
    }
}
