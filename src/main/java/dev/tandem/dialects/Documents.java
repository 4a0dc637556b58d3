package dev.tandem.dialects;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tandem.model.InvalidRequestException;
import dev.tandem.model.InvalidRequestException.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Documents that are strings, or objects of which some fields are read. */
final class Documents {

    private static final String TEXT = "text";

    private Documents() {}

    /**
     * @param field name of the documents, for messages
     * @param rankFields fields that are read, in this order; null for {@code text}
     * @throws InvalidRequestException if a document has none of them as a string
     */
    static List<String> texts(
            String field, List<@Nullable JsonNode> documents, @Nullable List<String> rankFields) {
        List<String> texts = new ArrayList<>(documents.size());
        for (int index = 0; index < documents.size(); index++) {
            texts.add(text("%s[%d]".formatted(field, index), documents.get(index), rankFields));
        }
        return texts;
    }

    static boolean isObject(@Nullable JsonNode document) {
        return document != null && document.isObject();
    }

    /** As it goes back to who asked for it: an object always. */
    static Object returned(JsonNode document) {
        return document.isObject() ? document : Map.of(TEXT, document.asText());
    }

    private static String text(
            String field, @Nullable JsonNode document, @Nullable List<String> rankFields) {
        if (document != null && document.isTextual()) {
            return document.asText();
        }
        if (!isObject(document) || document == null) {
            throw new InvalidRequestException(
                    Kind.MALFORMED, field, "expected a string, or an object with a field text");
        }
        List<String> parts = new ArrayList<>();
        for (String name : rankFields == null ? List.of(TEXT) : rankFields) {
            JsonNode part = document.path(name);
            if (part.isTextual()) {
                parts.add(part.asText());
            }
        }
        if (parts.isEmpty()) {
            throw new InvalidRequestException(
                    Kind.OUT_OF_BOUNDS,
                    field,
                    "has no string in a field that is read; send text, or name fields in rank_fields");
        }
        return String.join("\n", parts);
    }
}
