package dev.tandem.model;

import java.util.Map;

/**
 * A text unit that can be returned.
 *
 * @param id the caller's stable id
 * @param title may be empty
 * @param text the passage itself
 * @param metadata any further fields, as JSON values
 */
public record Passage(String id, String title, String text, Map<String, Object> metadata) {

    /** The text both models read: the title on a line of its own, then the text. */
    public String fullText() {
        return title.isBlank() ? text : title + "\n" + text;
    }
}
