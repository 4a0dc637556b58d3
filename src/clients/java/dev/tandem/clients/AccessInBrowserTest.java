package dev.tandem.clients;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.microsoft.playwright.Page;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The page for those who use a keyboard, a screen reader, a phone, or eyes that like it dark. */
@QuarkusTest
@TestProfile(PageTest.Patient.class)
@Timeout(300)
class AccessInBrowserTest extends PageTest {

    private static final int MOST_TABS = 40;

    @Test
    void page_byKeyboardAlone_canBeUsed() {
        Page page = desktop("/");
        assertThat(page.getByLabel("Question")).isFocused();
        page.keyboard().type(QUESTION);
        page.keyboard().press("Enter");
        awaitComplete(page);

        tabTo(page, "#budget");
        page.keyboard().press("Home");
        assertThat(page.locator("#coverage")).containsText("BUDGET_SPENT");
        page.keyboard().press("End");
        awaitComplete(page);

        tabTo(page, "#two summary");
        page.keyboard().press("Enter");
        assertThat(page.locator("#two .text").first()).isVisible();
        tabTo(page, "#two button[data-field=topic]");
        page.keyboard().press("Space");
        assertThat(page.locator("#filter")).hasValue(Pattern.compile("\\{\"topic\":.*"));
        assertThat(page.locator("#two button[aria-pressed=true]").first()).isFocused();
        assertThat(page.locator("#two details[open]")).hasCount(1);
        assertThat(page.locator("#two button:focus-visible")).hasCount(1);
        assertThat(
                        page.evaluate(
                                "getComputedStyle(document.activeElement).outlineStyle !== 'none'"))
                .isEqualTo(true);
    }

    @Test
    void skipLink_first_leadsToTheAnswer() {
        Page page = desktop(asking("cold start", ""));
        awaitComplete(page);

        page.keyboard().press("Tab");
        assertThat(page.getByText("Skip to the answer")).isFocused();
        assertThat(page.getByText("Skip to the answer")).isInViewport();
        page.keyboard().press("Enter");

        assertThat(page.locator("#answer")).isFocused();
        assertThat(page.getByLabel("Question")).hasValue("cold start");
        assertThat(page.locator("#result")).isVisible();
    }

    @Test
    void status_ofAnAnswer_isAnnounced() {
        Page page = desktop(asking("cold start", ""));
        awaitComplete(page);

        assertThat(page.locator("#status[role=status]"))
                .containsText("Every candidate was scored. 50 of 50 candidates scored in");
    }

    @ParameterizedTest
    @ValueSource(ints = {360, 390})
    void phone_withAnAnswer_needsNoSidewaysScrolling(int width) {
        Page page = phone(asking(QUESTION, "&filter=%7B%22words%22:%7B%22gte%22:0%7D%7D"), width);
        awaitComplete(page);
        page.locator("#two summary").first().tap();
        page.locator("#receipt summary").tap();

        assertThat(page.locator("#two .text").first()).isVisible();
        assertThat(page.evaluate("document.documentElement.scrollWidth")).isEqualTo(width);
        assertThat(page.locator("#lines path").first()).isVisible();
        check(page);
    }

    @Test
    void dark_whereItIsAskedFor_isDarkAndStill() {
        Page page = dark(asking(QUESTION, ""));
        awaitComplete(page);

        String paper = (String) page.evaluate("getComputedStyle(document.body).backgroundColor");
        assertThat(paper).isEqualTo("rgb(18, 21, 23)");
        assertThat(
                        page.evaluate(
                                "getComputedStyle(document.getElementById('result')).transitionDuration"))
                .isEqualTo("0s");
        check(page);
    }

    @Test
    void audit_ofEveryState_findsNothing() {
        Page page = desktop("/");
        check(page);

        page.navigate(page.url() + asking(QUESTION, "").substring(1));
        awaitComplete(page);
        page.locator("#two summary").first().click();
        page.locator("#receipt summary").click();
        hits(page).nth(1).getByText("kind: ").click();
        assertThat(page.locator("#two button[aria-pressed=true]")).not().hasCount(0);
        check(page);

        page.locator("#budget").press("Home");
        assertThat(page.locator("#coverage")).containsText("BUDGET_SPENT");
        check(page);
    }

    @Test
    void audit_ofAProblem_findsNothing() {
        expectRefusals();
        Page page = desktop("/");
        page.route("**/v1/search", route -> answerWith(route, 401, "{\"title\": \"No API key\"}"));
        search(page, "cold start");
        assertThat(page.getByLabel("API key")).isVisible();
        check(page);

        page.unroute("**/v1/search");
        page.getByLabel("Candidates").fill("1");
        page.getByLabel("Candidates").press("Enter");
        assertThat(page.locator("#candidateCount-wrong")).containsText("got 1");
        check(page);
    }

    /** axe-core, with all its rules. */
    private static void check(Page page) {
        assertThat(page.locator("#answer")).hasAttribute("aria-busy", Pattern.compile("false"));
        page.waitForTimeout(300);
        var found = new AxeBuilder(page).analyze();
        assertThat(found.getPasses()).hasSizeGreaterThan(20);
        assertThat(found.getViolations()).isEmpty();
    }

    private static void tabTo(Page page, String selector) {
        for (int tabs = 0; tabs < MOST_TABS; tabs++) {
            if ((Boolean) page.evaluate("s => document.activeElement.matches(s)", selector)) {
                return;
            }
            page.keyboard().press("Tab");
        }
        throw new AssertionError(selector + " is not reached by the Tab key");
    }
}
