package dev.tandem.clients;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import dev.tandem.fixtures.Doors;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@QuarkusTest
@TestProfile(PageTest.Patient.class)
@Timeout(300)
class SearchInBrowserTest extends PageTest {

    private static final String HIT =
            """
            {"rank": %d, "id": "%s", "score": 0.5, "stage": "rerank", "rerankScore": 1.0,
             "similarity": 0.7, "retrieveRank": %d, "tokensIn": 9, "tokensUsed": 9,
             "span": {"from": 0, "to": 9}, "title": "Passage %s", "text": "t", "metadata": {}}""";

    private static final String ANSWER =
            """
            {"results": [%s], "query": {"tokensIn": 1, "tokensUsed": 1},
             "coverage": {"requested": 3, "planned": 3, "scored": 3, "preranked": 0, "cancelled": 0, "fromCache": 1,
                          "reason": "COMPLETE", "retried": 42},
             "timings": {"encodeMs": 1, "retrieveMs": 1, "rerankMs": 1, "totalMs": 4},
             "billing": {"unit": {"credits": 31}}, "generation": "g", "device": "cpu"}""";

    @Test
    void search_byEnter_showsTheAnswerOfTheApiInBothOrders() {
        Page page = desktop("/");
        assertThat(page.locator("#intro")).isVisible();
        page.getByLabel("Candidates").fill("50");
        search(page, QUESTION);
        awaitComplete(page);

        JsonNode results =
                Doors.post(page.locator("#request").textContent()).json().path("results");
        assertThat(results.size()).isEqualTo(50);
        assertThat(hits(page)).hasCount(10);
        for (int i = 0; i < 10; i++) {
            checkHit(hits(page).nth(i), results.get(i));
        }
        assertThat(ids(page.locator("#one > li"))).isEqualTo(stageOne(results));
        assertThat(page.locator("#status")).containsText("50 of 50 candidates scored");
    }

    @Test
    void hit_thatMoved_saysHowFarAndFromWhere() {
        Page page = desktop(asking(QUESTION, ""));
        awaitComplete(page);

        Locator moved = page.locator("#two > li[data-move=up]").first();
        int rank = Integer.parseInt(moved.locator(".place > span").first().textContent());
        int from = Integer.parseInt(moved.getAttribute("data-from"));
        int by = from - rank;
        assertThat(by).isPositive();
        assertThat(moved.locator(".move")).containsText("↑ +" + by);
        assertThat(moved.locator(".move .said").first())
                .hasText(
                        "moved up %d %s, from %d"
                                .formatted(by, by == 1 ? "place" : "places", from));
        assertThat(page.locator("#lines path[data-move=up]").first()).isAttached();
    }

    @Test
    void budget_slidByKeyboard_changesCoverageAndTime() {
        Page page = desktop(asking(QUESTION, ""));
        awaitComplete(page);
        Locator slider = page.getByLabel("Budget", new Page.GetByLabelOptions().setExact(true));

        slider.press("Home");

        assertThat(page.locator("#coverage")).containsText("BUDGET_SPENT");
        assertThat(page.locator("#budget-shown")).hasText("10 ms");
        assertThat(slider).hasAttribute("aria-valuetext", "10 ms");
        assertThat(page.locator("#timings")).containsText("of a budget of 10 ms");
        assertThat(page.locator("#request")).containsText("\"budgetMs\": 10");
        assertThat(page.locator("#status")).containsText("of 50 candidates scored");
        assertThat(number(page.locator("#coverage .figure b"))).isLessThan(50);
        assertThat(page).hasURL(Pattern.compile("budgetMs=10$"));
        assertThat(page.locator("#trace li"))
                .containsText(new String[] {"the server's default: 50 of 50 scored", "10 ms: "});

        slider.press("End");

        awaitComplete(page);
        assertThat(page.locator("#coverage .figure")).hasText("50 of 50 candidates scored");
        assertThat(page.locator("#timings")).containsText("rerank");
    }

    @Test
    void trace_ofAnotherQuestion_beginsAnew() {
        Page page = desktop(asking(QUESTION, "&budgetMs=5000"));
        assertThat(page.locator("#trace li")).hasCount(1);

        search(page, "cold start");

        assertThat(page.locator("#coverage")).containsText("reason");
        assertThat(page).hasTitle("cold start – Tandem");
        assertThat(page.locator("#answer")).hasAttribute("aria-busy", "false");
        assertThat(page.locator("#trace li")).hasCount(1);
        assertThat(page.locator("#trace li")).containsText("5 s: ");
    }

    @Test
    void answer_withoutHits_saysWhetherNothingFitsOrTimeRanOut() {
        Page page = desktop(asking(QUESTION, "&filter=%7B%22words%22:%7B%22gt%22:100000%7D%7D"));
        assertThat(page.locator("#status")).containsText("No passage fits.");
        assertThat(page.locator("#orders")).isHidden();
        assertThat(page.locator("#receipt")).isVisible();

        String late = ANSWER.formatted("").replace("COMPLETE", "BUDGET_SPENT");
        page.route("**/v1/search", route -> answerWith(route, 200, late));
        search(page, "anything");

        assertThat(page.locator("#status"))
                .containsText("The time did not suffice for a single hit.");
    }

    @Test
    void metadata_clicked_setsTheFilterAndClickedAgainTakesItAway() {
        Page page = desktop(asking(QUESTION, ""));
        awaitComplete(page);

        hits(page).first().getByText("topic: ").click();

        assertThat(page.locator("#filter")).hasValue(Pattern.compile("\\{\"topic\":\"[a-z-]+\"}"));
        Locator pressed = page.locator("#two button[aria-pressed=true]");
        assertThat(pressed).hasCount(10);
        assertThat(pressed.first()).isFocused();
        String topic = pressed.first().textContent();
        assertThat(pressed.allTextContents()).containsOnly(topic);

        pressed.first().click();

        assertThat(page.locator("#filter")).hasValue("");
        assertThat(pressed).hasCount(0);
    }

    @Test
    void address_afterSearches_leadsBackAndCanBeShared() {
        Page page = desktop(asking("cold start", "&topK=3&order=rrf"));
        awaitComplete(page);
        assertThat(hits(page)).hasCount(3);
        search(page, QUESTION);
        assertThat(page).hasTitle(QUESTION + " – Tandem");
        awaitComplete(page);
        String shared = page.url();

        page.goBack();

        assertThat(page.getByLabel("Question")).hasValue("cold start");
        assertThat(page).hasTitle("cold start – Tandem");
        awaitComplete(page);

        page.navigate(shared);

        assertThat(page.getByLabel("Question")).hasValue(QUESTION);
        assertThat(page.locator("#order")).hasValue("rrf");
        assertThat(hits(page)).hasCount(3);
    }

    @Test
    void answer_thatIsOvertaken_isNeverShown() {
        Page page = desktop("/");
        List<Route> held = new ArrayList<>();
        List<String> given = new ArrayList<>();
        page.onRequestFailed(request -> given.add(request.failure()));
        page.route(
                "**/v1/search",
                route -> {
                    if (route.request().postData().contains("overtaken")) {
                        held.add(route);
                    } else {
                        answerWith(route, 200, ANSWER.formatted(HIT.formatted(1, "new", 1, "new")));
                    }
                });

        search(page, "overtaken");
        page.waitForCondition(() -> held.size() == 1);
        search(page, "newer");

        assertThat(hits(page)).containsText(new String[] {"Passage new"});
        page.waitForCondition(() -> given.size() == 1);
        assertThat(given).containsExactly("net::ERR_ABORTED");
        assertThat(page.locator("#answer")).hasAttribute("aria-busy", "false");
    }

    @Test
    void answer_withFieldsOfTomorrow_showsThemAndMarksWhatItLacks() {
        Page page = desktop("/");
        String hits = HIT.formatted(1, "a", 3, "a") + "," + HIT.formatted(2, "b", 1, "b");
        page.route("**/v1/search", route -> answerWith(route, 200, ANSWER.formatted(hits)));

        search(page, "anything");

        assertThat(page.locator("#receipt")).containsText("billing");
        assertThat(page.locator("#receipt")).containsText("unit.credits");
        assertThat(page.locator("#receipt")).containsText("31");
        assertThat(page.locator("#coverage")).containsText("retried42");
        assertThat(page.locator("#coverage")).containsText("known from earlier 1");
        assertThat(page.locator("#one > li"))
                .containsText(new String[] {"Passage b", "not in the answer", "Passage a"});
    }

    @Test
    void texts_ofAHit_areTextAndOpenByThemselves() {
        Page page = desktop("/");
        String hit = HIT.formatted(1, "a", 1, "<img src=x onerror=alert(1)>");
        page.route("**/v1/search", route -> answerWith(route, 200, ANSWER.formatted(hit)));

        search(page, "anything");

        assertThat(hits(page).first()).containsText("Passage <img src=x onerror=alert(1)>");
        assertThat(page.locator("#result img")).hasCount(0);
        page.locator("#two summary").click();
        assertThat(page.locator("#two .read")).containsText("read 9 of 9 tokens");
    }

    private static void checkHit(Locator row, JsonNode hit) {
        assertThat(row).hasAttribute("data-id", hit.path("id").asText());
        assertThat(row).hasAttribute("data-from", hit.path("retrieveRank").asText());
        assertThat(row.locator(".title")).hasText(hit.path("title").asText());
        assertThat(row.locator(".score b")).hasText("%.3f".formatted(hit.path("score").asDouble()));
        assertThat(row.locator(".facts"))
                .containsText("similarity %.3f".formatted(hit.path("similarity").asDouble()));
        assertThat(row.locator(".stage")).hasText("placed by stage 2");
    }

    /** Ids of the first ten places of stage 1; none for what is not in the answer. */
    private static List<String> stageOne(JsonNode results) {
        List<String> ids = new ArrayList<>();
        for (int place = 1; place <= 10; place++) {
            String found = "";
            for (JsonNode hit : results) {
                found = hit.path("retrieveRank").asInt() == place ? hit.path("id").asText() : found;
            }
            ids.add(found);
        }
        return ids;
    }

    private static List<String> ids(Locator rows) {
        return rows.all().stream()
                .map(row -> row.getAttribute("data-id"))
                .map(id -> id == null ? "" : id)
                .toList();
    }

    private static int number(Locator figure) {
        return Integer.parseInt(figure.textContent());
    }
}
