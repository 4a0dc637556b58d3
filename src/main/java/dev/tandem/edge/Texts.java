package dev.tandem.edge;

import dev.tandem.model.InvalidRequestException;
import dev.tandem.model.InvalidRequestException.Kind;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Checks the texts of requests. */
final class Texts {

    static final String LONE_SURROGATE =
            "has half of a surrogate pair, which is no character; send whole characters";

    private static final String QUERY = "query";

    private Texts() {}

    /**
     * @param most characters
     * @return the query without blanks around it
     * @throws InvalidRequestException if it is blank, too long or no Unicode
     */
    static String query(@Nullable String query, int most) {
        String text = query == null ? "" : query.strip();
        if (text.isEmpty()) {
            throw new InvalidRequestException(
                    Kind.OUT_OF_BOUNDS, QUERY, "got nothing, expected the text to search for");
        }
        return checked(QUERY, text, most);
    }

    /**
     * @param field their name
     * @throws InvalidRequestException if there are none or too many, or one is too long or no
     *     Unicode
     */
    static List<String> all(String field, List<String> texts, SearchConfig limits) {
        if (texts.isEmpty()) {
            throw new InvalidRequestException(
                    Kind.OUT_OF_BOUNDS, field, "got none, expected at least one");
        }
        if (texts.size() > limits.maxTexts()) {
            throw new InvalidRequestException(
                    Kind.TOO_LARGE,
                    field,
                    "got %d, expected at most %d; send fewer, or raise tandem.search.max-texts"
                            .formatted(texts.size(), limits.maxTexts()));
        }
        for (int index = 0; index < texts.size(); index++) {
            checked("%s[%d]".formatted(field, index), texts.get(index), limits.maxTextLength());
        }
        return texts;
    }

    static boolean hasLoneSurrogate(String text) {
        return text.codePoints()
                .anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
    }

    private static String checked(String field, String text, int most) {
        if (text.length() > most) {
            throw new InvalidRequestException(
                    Kind.TOO_LARGE,
                    field,
                    "got %d characters, expected at most %d; shorten it"
                            .formatted(text.length(), most));
        }
        if (hasLoneSurrogate(text)) {
            throw new InvalidRequestException(Kind.MALFORMED, field, LONE_SURROGATE);
        }
        return text;
    }
}
