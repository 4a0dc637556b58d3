package dev.tandem.indexing;

import java.text.BreakIterator;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Splits a document into passages at headings, then packs paragraphs up to {@link #MOST_WORDS}; a
 * longer paragraph is split between sentences, a longer sentence between words. No text is lost.
 */
final class PassageSplitter {

    /** About 200 tokens: both models read a whole passage, and a query's answer fits in one. */
    private static final int MOST_WORDS = 150;

    private static final Pattern PARAGRAPH = Pattern.compile("\\R\\s*\\R");
    private static final Pattern HEADING = Pattern.compile("#{1,6}\\s+(.*?)\\s*#*");
    private static final Pattern FENCE = Pattern.compile("\\s*(```|~~~).*");

    /**
     * What counts as a word: a sign of a script that writes without spaces, or a run of others; a
     * run of more than 40 characters is no word and counts as several.
     */
    private static final Pattern WORD =
            Pattern.compile(
                    "[\\p{IsHan}\\p{IsHiragana}\\p{IsKatakana}\\p{IsThai}]"
                            + "|[^\\s\\p{IsHan}\\p{IsHiragana}\\p{IsKatakana}\\p{IsThai}]{1,40}");

    /**
     * A piece of a document.
     *
     * @param heading of the section it stands in, or empty
     */
    record Part(String heading, String text) {}

    private PassageSplitter() {}

    static List<Part> split(String document, boolean markdown) {
        List<Part> parts = new ArrayList<>();
        for (Part section : markdown ? sections(document) : List.of(new Part("", document))) {
            pack(section, parts);
        }
        return parts;
    }

    private static List<Part> sections(String document) {
        List<Part> sections = new ArrayList<>();
        String heading = "";
        var body = new StringBuilder();
        String fence = "";
        for (String line : document.lines().toList()) {
            fence = fenceAfter(line, fence);
            var matcher = HEADING.matcher(line);
            // A line with # inside a code block is a comment, not a heading.
            if (fence.isEmpty() && matcher.matches()) {
                // A heading with no text of its own stands before the next one.
                boolean bare = !heading.isEmpty() && body.toString().isBlank();
                sections.add(new Part(heading, body.toString()));
                heading = bare ? heading + ": " + matcher.group(1) : matcher.group(1);
                body.setLength(0);
            } else {
                body.append(line).append('\n');
            }
        }
        String last = body.toString();
        sections.add(last.isBlank() ? new Part("", heading) : new Part(heading, last));
        return sections;
    }

    /** The fence of the code block that the next line stands in, or empty. */
    private static String fenceAfter(String line, String open) {
        var mark = FENCE.matcher(line);
        if (!mark.matches()) {
            return open;
        }
        boolean opens = open.isEmpty();
        return opens ? mark.group(1) : mark.group(1).equals(open) ? "" : open;
    }

    private static void pack(Part section, List<Part> parts) {
        var passage = new StringBuilder();
        int words = 0;
        for (String paragraph : PARAGRAPH.splitAsStream(section.text()).toList()) {
            for (String piece : pieces(paragraph.strip())) {
                int more = words(piece);
                if (words > 0 && words + more > MOST_WORDS) {
                    parts.add(new Part(section.heading(), passage.toString()));
                    passage.setLength(0);
                    words = 0;
                }
                passage.append(words > 0 ? "\n" : "").append(piece);
                words += more;
            }
        }
        if (words > 0) {
            parts.add(new Part(section.heading(), passage.toString()));
        }
    }

    /** The paragraph itself if it is short enough, else its sentences, packed. */
    private static List<String> pieces(String paragraph) {
        if (words(paragraph) <= MOST_WORDS) {
            return paragraph.isEmpty() ? List.of() : List.of(paragraph);
        }
        List<String> pieces = new ArrayList<>();
        var sentences = BreakIterator.getSentenceInstance(Locale.ROOT);
        sentences.setText(paragraph);
        int start = sentences.first();
        for (int end = sentences.next(); end != BreakIterator.DONE; end = sentences.next()) {
            pieces.addAll(wordRuns(paragraph.substring(start, end).strip()));
            start = end;
        }
        return pieces;
    }

    private static List<String> wordRuns(String sentence) {
        List<String> runs = new ArrayList<>();
        var word = WORD.matcher(sentence);
        int start = 0;
        int words = 0;
        while (word.find()) {
            if (words == MOST_WORDS) {
                runs.add(sentence.substring(start, word.start()).strip());
                start = word.start();
                words = 0;
            }
            words++;
        }
        if (words > 0) {
            runs.add(sentence.substring(start).strip());
        }
        return runs;
    }

    private static int words(String text) {
        return (int) WORD.matcher(text).results().count();
    }
}
