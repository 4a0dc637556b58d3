package dev.tandem.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.fixtures.Doors;
import dev.tandem.fixtures.Doors.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The page as a browser fetches it; what it does is tested in a browser, by the profile clients.
 */
abstract class SearchPageContract {

    private static final Path FOLDER = Path.of("src", "main", "resources", "page");

    /** An address with a host, but for the name of the SVG namespace, which nothing fetches. */
    private static final Pattern ELSEWHERE =
            Pattern.compile("(?i)(?:[a-z]+:)?//(?!www\\.w3\\.org/2000/svg\\b)[a-z0-9]");

    private static final Pattern INLINE =
            Pattern.compile("(?i)<style|<script(?![^>]*src=)|\\s(style|on[a-z]+)=\"|javascript:");

    static Stream<String> paths() {
        return Stream.concat(
                Stream.of("/"), SearchPage.FILES.stream().map(name -> "/page/" + name));
    }

    @ParameterizedTest
    @CsvSource({
        "/, text/html; charset=utf-8",
        "/page/page.css, text/css; charset=utf-8",
        "/page/page.js, text/javascript; charset=utf-8",
        "/page/icon.svg, image/svg+xml"
    })
    void get_aFile_hasItsType(String path, String type) {
        Answer answer = Doors.get(path);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.contentType()).isEqualTo(type);
    }

    @ParameterizedTest
    @MethodSource("paths")
    void get_anyFile_isHeldToItsOwnOrigin(String path) {
        Answer answer = Doors.get(path);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Security-Policy"))
                .contains("default-src 'self'", "frame-ancestors 'none'")
                .doesNotContain("unsafe", "data:", "*");
        assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(answer.header("Referrer-Policy")).isEqualTo("no-referrer");
    }

    @ParameterizedTest
    @MethodSource("paths")
    void get_aFileThatIsKnown_isNotSentAgain(String path) {
        Answer first = Doors.get(path);
        String tag = first.header("ETag");

        assertThat(first.header("Cache-Control")).isEqualTo("no-cache");
        assertThat(tag).matches("\"[0-9a-f]{32}\"");
        for (String known : new String[] {tag, "W/" + tag, "\"other\", " + tag, "*"}) {
            Answer again = Doors.get(path, Map.of("If-None-Match", known));
            assertThat(again.status()).as(known).isEqualTo(304);
            assertThat(again.body()).isEmpty();
            assertThat(again.header("ETag")).isEqualTo(tag);
        }
        assertThat(Doors.get(path, Map.of("If-None-Match", "\"other\"")).status()).isEqualTo(200);
    }

    @Test
    void get_withAQuestion_isTheSamePage() {
        assertThat(Doors.get("/?q=cold%20start&budgetMs=50").body())
                .isEqualTo(Doors.get("/").body())
                .contains("<html lang=\"en\">");
    }

    @Test
    void head_thePage_hasNoBody() {
        Answer answer = Doors.method("HEAD", "/");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("ETag")).isEqualTo(Doors.get("/").header("ETag"));
        assertThat(answer.body()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/page/index.html", "/page/../application.properties", "/page/PAGE.JS"})
    void get_whatIsNoFileOfThePage_isNotFound(String path) {
        assertThat(Doors.get(path).status()).isEqualTo(404);
    }

    @Test
    void folder_everyFile_isServedAndServesItself() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(
                            Stream.concat(Stream.of(SearchPage.START), SearchPage.FILES.stream())
                                    .toList());
        }
        for (String path : paths().toList()) {
            assertThat(Doors.get(path).body())
                    .as(path)
                    .doesNotContainPattern(ELSEWHERE)
                    .doesNotContainPattern(INLINE)
                    .doesNotContain("innerHTML", "@import", "url(");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<script src=\"https://cdn.example/x.js\">",
                "import '//cdn.example/x.js'",
                "fetch('http://10.0.0.1/')",
            })
    void elsewhere_anAddressWithAHost_isFound(String text) {
        assertThat(text).containsPattern(ELSEWHERE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"<script>x()</script>", "<p style=\"a\">", "<p onclick=\"x()\">", "<style>"})
    void inline_aScriptOrStyle_isFound(String text) {
        assertThat(text).containsPattern(INLINE);
    }
}
