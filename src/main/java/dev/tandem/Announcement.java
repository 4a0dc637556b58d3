package dev.tandem;

import dev.tandem.http.PageConfig;
import io.quarkus.runtime.Application;
import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/** Ends the log of a development start with a line to paste and a page to open. */
class Announcement {

    private static final Logger LOG = Logger.getLogger(Announcement.class);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(50);
    private static final int MOST_LOOKS = 1_200;

    private final int port;
    private final PageConfig page;

    Announcement(@ConfigProperty(name = "quarkus.http.port") int port, PageConfig page) {
        this.port = port;
        this.page = page;
    }

    void announce(@Observes StartupEvent event) {
        if (LaunchMode.current() == LaunchMode.DEVELOPMENT) {
            Thread.startVirtualThread(this::sayOnceStarted);
        }
    }

    /** Quarkus has no event for "the last line of the start was logged". */
    private void sayOnceStarted() {
        try {
            for (int look = 0; look < MOST_LOOKS && !isStarted(); look++) {
                Thread.sleep(BETWEEN_LOOKS);
            }
            LOG.infof(
                    "Try it%s:%n%ncurl -s http://localhost:%d/v1/search -d '{\"query\": \"Can my function reach the internet without a VPC?\", \"topK\": 3}'%n",
                    page.enabled() ? " at http://localhost:%d/, or".formatted(port) : "", port);
        } catch (InterruptedException e) {
            // The server stops: there is nothing to try any more.
            Thread.currentThread().interrupt();
        }
    }

    private static boolean isStarted() {
        Application application = Application.currentApplication();
        return application != null && application.isStarted();
    }
}
