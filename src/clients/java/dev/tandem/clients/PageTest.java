package dev.tandem.clients;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.ConsoleMessage;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import io.quarkus.test.junit.QuarkusTestProfile;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

/**
 * A browser with the search page. Whatever a test does: the page logs no error, breaks no policy
 * and asks nobody but its own server.
 */
abstract class PageTest {

    static final String QUESTION = "what does a slow mount do to the first search";

    /** Fifty passages are scored in this time, whatever else the machine does. */
    private static final double PATIENCE_MS = 100_000;

    /** An answer is complete unless a test asks for less: a busy machine takes long. */
    public static class Patient implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("tandem.search.budget", "100s");
        }
    }

    private static Chromium chromium;

    private final String root = ConfigProvider.getConfig().getValue("test.url", String.class);
    private final List<String> errors = new ArrayList<>();
    private final List<String> foreign = new ArrayList<>();
    private final List<BrowserContext> contexts = new ArrayList<>();

    /** Whether refusals are part of the test: a browser logs each as a resource that failed. */
    private boolean refusalsExpected;

    @BeforeAll
    static void startBrowser() {
        chromium = Chromium.start();
        PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE_MS);
    }

    @AfterAll
    static void stopBrowser() {
        if (chromium != null) {
            chromium.close();
        }
    }

    @AfterEach
    void checkConsoleAndRequests() {
        contexts.forEach(BrowserContext::close);
        assertThat(errors).as("errors in the console").isEmpty();
        assertThat(foreign).as("requests to another origin").isEmpty();
    }

    Page desktop(String address) {
        return open(address, new NewContextOptions().setViewportSize(1280, 900));
    }

    Page phone(String address, int width) {
        return open(
                address,
                new NewContextOptions()
                        .setViewportSize(width, 780)
                        .setHasTouch(true)
                        .setIsMobile(true));
    }

    Page dark(String address) {
        return open(
                address,
                new NewContextOptions()
                        .setViewportSize(1280, 900)
                        .setColorScheme(ColorScheme.DARK)
                        .setReducedMotion(ReducedMotion.REDUCE));
    }

    private Page open(String address, NewContextOptions options) {
        BrowserContext context = chromium.browser().newContext(options);
        contexts.add(context);
        Page page = context.newPage();
        page.setDefaultTimeout(PATIENCE_MS);
        page.onConsoleMessage(this::note);
        page.onPageError(errors::add);
        page.onRequest(request -> noteOrigin(request.url()));
        page.navigate(root + address);
        return page;
    }

    private void note(ConsoleMessage message) {
        boolean refusal = refusalsExpected && message.text().startsWith("Failed to load resource");
        if (!refusal && (message.type().equals("error") || message.type().equals("warning"))) {
            errors.add(message.text());
        }
    }

    private void noteOrigin(String url) {
        if (!url.startsWith(root + "/")) {
            foreign.add(url);
        }
    }

    void expectRefusals() {
        refusalsExpected = true;
    }

    /** The page's address for a question with the fewest candidates. */
    static String asking(String question, String more) {
        return "/?candidateCount=50&q="
                + URLEncoder.encode(question, StandardCharsets.UTF_8)
                + more;
    }

    static void search(Page page, String question) {
        page.getByLabel("Question").fill(question);
        page.getByLabel("Question").press("Enter");
    }

    static Locator hits(Page page) {
        return page.locator("#two > li");
    }

    /** Waits for an answer of which every candidate was scored. */
    static void awaitComplete(Page page) {
        assertThat(page.locator("#coverage")).containsText("COMPLETE");
        assertThat(page.locator("#answer")).hasAttribute("aria-busy", "false");
    }

    static void answerWith(Route route, int status, String json) {
        route.fulfill(
                new Route.FulfillOptions()
                        .setStatus(status)
                        .setHeaders(
                                Map.of(
                                        "Content-Type",
                                        "application/problem+json",
                                        "Retry-After",
                                        "7"))
                        .setBody(json));
    }
}
