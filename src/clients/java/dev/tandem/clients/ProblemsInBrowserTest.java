package dev.tandem.clients;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.AriaRole;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@QuarkusTest
@TestProfile(PageTest.Patient.class)
@Timeout(300)
class ProblemsInBrowserTest extends PageTest {

    private static final String PROBLEM =
            "{\"type\": \"urn:tandem:problem:x\", \"title\": \"%s\", \"status\": %d, \"detail\": \"%s\"}";

    @BeforeEach
    void refusals() {
        expectRefusals();
    }

    @ParameterizedTest
    @CsvSource({
        "topK, 0, 'got 0, expected a whole number from 1 to 1000'",
        "candidateCount, 49, 'got 49, expected a whole number from 50 to 1000'",
        "filter, '{\"x\": 1}', 'no passage has the field \"x\"'",
        "filter, '{\"topic\": []}', 'filter.topic: got an array, expected'",
        "filter, '{\"topic\":', 'not JSON: '"
    })
    void value_thatIsRefused_saysSoBesideItsControl(String control, String value, String detail) {
        Page page = desktop(asking("cold start", ""));
        awaitComplete(page);

        page.locator("#" + control).fill(value);
        page.locator("#" + control).press("Enter");

        assertThat(page.locator("#" + control + "-wrong")).containsText(detail);
        assertThat(page.locator("#" + control)).hasAttribute("aria-invalid", "true");
        assertThat(page.getByRole(AriaRole.ALERT)).containsText(control);
        assertThat(page.locator("#result")).isHidden();

        page.locator("#" + control).fill(control.equals("topK") ? "5" : "");
        page.locator("#" + control).press("Enter");

        awaitComplete(page);
        assertThat(page.locator("#result")).isVisible();
        assertThat(page.locator("#problem")).isHidden();
        assertThat(page.locator("#" + control + "-wrong")).isEmpty();
    }

    @Test
    void question_thatIsTooLong_saysWhatWhereGotAndExpected() {
        Page page = desktop("/");

        search(page, "long ".repeat(1_000));

        assertThat(page.locator("#problem")).containsText("status 413");
        assertThat(page.locator("#problem dt")).hasText("query");
        assertThat(page.locator("#problem dd"))
                .containsText("got 4999 characters, expected at most 4096");
        assertThat(page.locator("#q-wrong")).containsText("expected at most 4096");
    }

    @Test
    void question_thatIsMissing_isAskedFor() {
        Page page = desktop("/");

        page.getByText("Search", new Page.GetByTextOptions().setExact(true)).click();

        assertThat(page.locator("#problem")).containsText("status 422");
        assertThat(page.locator("#q-wrong"))
                .hasText("got nothing, expected the text to search for");
    }

    @Test
    void server_thatIsBusy_canBeAskedAgain() {
        Page page = desktop("/");
        List<String> asked = new ArrayList<>();
        page.route(
                "**/v1/search",
                route -> {
                    asked.add(route.request().postData());
                    if (asked.size() == 1) {
                        answerWith(route, 429, PROBLEM.formatted("Overloaded", 429, "32 of 32"));
                    } else {
                        route.resume();
                    }
                });
        page.getByLabel("Candidates").fill("50");
        search(page, "cold start");
        assertThat(page.locator("#problem")).containsText("Overloaded status 429");
        assertThat(page.locator("#problem")).containsText("32 of 32");
        assertThat(page.locator("#problem")).containsText("asks to wait 7 s");

        page.getByText("Try again").press("Enter");

        awaitComplete(page);
        assertThat(page.locator("#problem")).isHidden();
        assertThat(page.locator("#answer")).isFocused();
        assertThat(asked).hasSize(2);
    }

    @Test
    void server_thatIsOutOfReach_isSaidToBe() {
        Page page = desktop("/");
        page.context().setOffline(true);
        page.getByLabel("Candidates").fill("50");
        search(page, "cold start");
        assertThat(page.locator("#problem")).containsText("The server cannot be reached");

        page.context().setOffline(false);
        page.getByText("Try again").click();

        awaitComplete(page);
    }

    @Test
    void gateway_withoutProblemDetails_isShownByItsStatusAndMessage() {
        Page page = desktop("/");
        page.route(
                "**/v1/search",
                route ->
                        answerWith(
                                route,
                                502,
                                route.request().postData().contains("first")
                                        ? "<html>Bad</html>"
                                        : "{\"message\": \"no route to it\"}"));

        search(page, "first");

        assertThat(page.locator("#problem")).containsText("status 502");
        assertThat(page.locator("#problem")).containsText("Try again");

        search(page, "second");

        assertThat(page.locator("#problem")).containsText("no route to it");
    }

    @Test
    void key_whereOneIsNeeded_isAskedForSentAndKeptInTheTabOnly() {
        Page page = desktop("/");
        List<String> keys = new ArrayList<>();
        page.route("**/v1/search", route -> admit(route, keys));
        page.getByLabel("Candidates").fill("50");
        Locator key = page.getByLabel("API key");
        assertThat(key).isHidden();

        search(page, "cold start");
        assertThat(page.locator("#problem")).containsText("status 401");
        key.fill("k-123");
        key.press("Enter");

        awaitComplete(page);
        assertThat(key).isHidden();
        assertThat(keys).containsExactly("", "Bearer k-123");
        assertThat(page.url()).doesNotContain("k-123");
        assertThat(page.evaluate("localStorage.length")).isEqualTo(0);
        assertThat(page.evaluate("document.cookie")).isEqualTo("");
        assertThat(page.evaluate("Object.values(sessionStorage)")).isEqualTo(List.of("k-123"));
    }

    private static void admit(Route route, List<String> keys) {
        String key = route.request().headers().getOrDefault("authorization", "");
        keys.add(key);
        if (key.isEmpty()) {
            answerWith(route, 401, PROBLEM.formatted("No API key", 401, "send one"));
        } else {
            route.resume();
        }
    }
}
