package dev.tandem.indexing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.indexing.PassageSplitter.Part;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PassageSplitterTest {
    private static final int MOST_WORDS = 150;
    private static final String[] PIECES = {
        "word",
        "two words",
        "Ends here. ",
        "Really?! ",
        "v1.2.3",
        "\n",
        "\n\n",
        "\r\n \r\n",
        "\t",
        "— dash",
        "émigré ",
        "語 ",
        "👩‍🚀",
        "# Heading\n",
        "```\n",
        "a#b",
        ". ",
        "...",
        "\u00a0x"
    };

    @Test
    void split_shortDocument_isOnePart() {
        assertThat(PassageSplitter.split("One.\n\nTwo.", true))
                .containsExactly(new Part("", "One.\nTwo."));
    }

    @Test
    void split_blankDocument_hasNoPart() {
        assertThat(PassageSplitter.split(" \n\n\t", true)).isEmpty();
    }

    @Test
    void split_headings_openSections() {
        assertThat(PassageSplitter.split("# One #\na\n###### Two\nb\n#three\nc", true))
                .containsExactly(new Part("One", "a"), new Part("Two", "b\n#three\nc"));
    }

    @Test
    void split_headingWithoutText_standsBeforeTheNext() {
        assertThat(PassageSplitter.split("# Guide\n\n## Install\nRun it.\n## Limits\n", true))
                .containsExactly(new Part("Guide: Install", "Run it."), new Part("", "Limits"));
    }

    @Test
    void split_numberSignInFencedCode_isNoHeading() {
        String code = "```sh\n# a comment\nrun\n```";

        assertThat(PassageSplitter.split("# Use\n" + code + "\n# Next\nx", true))
                .containsExactly(new Part("Use", code), new Part("Next", "x"));
    }

    @Test
    void split_numberSignInTildeFence_isNoHeading() {
        String code = "~~~\n# a comment\n~~~";

        assertThat(PassageSplitter.split("# Use\n" + code, true))
                .containsExactly(new Part("Use", code));
    }

    @Test
    void split_otherFenceInsideAFence_doesNotCloseIt() {
        String code = "```\n~~~\n# a comment\n```";

        assertThat(PassageSplitter.split("# Use\n" + code, true))
                .containsExactly(new Part("Use", code));
    }

    @Test
    void split_scriptWithoutSpaces_countsItsSigns() {
        String text = "検索".repeat(160);

        assertThat(PassageSplitter.split(text, false))
                .extracting(part -> part.text().length())
                .containsExactly(150, 150, 20);
    }

    @Test
    void split_runWithoutSpaces_isCut() {
        assertThat(PassageSplitter.split("x".repeat(13_000), false))
                .extracting(part -> part.text().length())
                .containsExactly(6_000, 6_000, 1_000);
    }

    @Test
    void split_paragraphsOverTheLimit_areCutBetweenParagraphs() {
        String paragraph = words(90);

        assertThat(PassageSplitter.split(paragraph + "\n\n" + paragraph, false))
                .containsExactly(new Part("", paragraph), new Part("", paragraph));
    }

    @Test
    void split_longParagraph_isCutBetweenSentences() {
        String sentence = "This " + words(58) + " end.";
        String paragraph = sentence + " " + sentence + " " + sentence;

        assertThat(PassageSplitter.split(paragraph, false))
                .extracting(Part::text)
                .containsExactly(sentence + "\n" + sentence, sentence);
    }

    @Test
    void split_longSentence_isCutBetweenWords() {
        assertThat(PassageSplitter.split(words(320), false))
                .extracting(part -> count(part.text()))
                .containsExactly(150, 150, 20);
    }

    /** A heading is kept as the heading of its section's parts. */
    @Test
    void split_randomText_losesNothing() {
        var random = new Random(7);
        for (int run = 0; run < 100; run++) {
            String text = randomText(random, random.nextInt(600));
            List<Part> parts = PassageSplitter.split(text, false);

            assertThat(parts.stream().map(Part::text).collect(Collectors.joining()))
                    .asString()
                    .matches(joined -> squeezed(joined).equals(squeezed(text)));
            assertThat(parts)
                    .allMatch(part -> part.heading().isEmpty())
                    .allMatch(part -> count(part.text()) <= MOST_WORDS);
        }
    }

    @Test
    void split_randomMarkdown_losesNoLine() {
        var random = new Random(8);
        for (int run = 0; run < 100; run++) {
            String text = randomText(random, random.nextInt(600));
            List<Part> parts = PassageSplitter.split(text, true);
            String all =
                    parts.stream()
                            .map(part -> part.heading() + " " + part.text())
                            .collect(Collectors.joining());

            for (String line : text.lines().toList()) {
                String kept =
                        squeezed(line.replaceFirst("^#{1,6}\\s+", "").replaceFirst("#*$", ""));
                assertThat(squeezed(all)).contains(kept);
            }
        }
    }

    private static String randomText(Random random, int pieces) {
        return IntStream.range(0, pieces)
                .mapToObj(i -> PIECES[random.nextInt(PIECES.length)] + (i % 3 == 0 ? " " : ""))
                .collect(Collectors.joining());
    }

    private static String words(int count) {
        return IntStream.range(0, count).mapToObj(i -> "w" + i).collect(Collectors.joining(" "));
    }

    private static int count(String text) {
        return text.strip().split("\\s+").length;
    }

    private static String squeezed(String text) {
        return text.replaceAll("\\s+", "");
    }
}
