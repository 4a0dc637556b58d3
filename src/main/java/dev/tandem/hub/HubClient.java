package dev.tandem.hub;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tandem.hub.HubHttp.Watcher;
import dev.tandem.model.ModelException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the hub says of repositories. */
final class HubClient {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int OK = 200;
    private static final int LONGEST_ANSWER = 1 << 24;
    private static final int MOST_PAGES = 100;
    private static final Pattern NEXT = Pattern.compile("<([^>]+)>\\s*;\\s*rel=\"next\"");
    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");
    private static final Pattern CHECKSUM = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");

    private final HubAccess access;
    private final HubHttp http;
    private final Retries retries;

    HubClient(HubAccess access, HubHttp http, Retries retries) {
        this.access = access;
        this.http = http;
        this.retries = retries;
    }

    /**
     * A revision.
     *
     * @param commit what it stands for now
     * @param licence as the repository states it; empty if it does not
     */
    record Revision(String commit, String licence) {}

    Revision revision(HubRepo repo) {
        JsonNode info = json(repo, "what it is", access.uri(repo.infoPath())).body();
        String commit = info.path("sha").asText();
        if (!COMMIT.matcher(commit).matches()) {
            throw new ModelException(
                    "%s: %s names no commit. Is %s the API of a hub?"
                            .formatted(repo, access.uri(repo.infoPath()), access.endpoint()));
        }
        return new Revision(commit, info.path("cardData").path("license").asText(""));
    }

    /** All files of a revision. */
    List<HubFile> files(HubRepo repo) {
        List<HubFile> files = new ArrayList<>();
        Optional<URI> page = Optional.of(access.uri(repo.treePath()));
        for (int pages = 0; page.isPresent() && pages < MOST_PAGES; pages++) {
            Answer answer = json(repo, "the list of its files", page.get());
            for (JsonNode entry : answer.body()) {
                if (entry.path("type").asText().equals("file")) {
                    files.add(file(repo, entry));
                }
            }
            page = answer.next();
        }
        return files;
    }

    private record Answer(JsonNode body, Optional<URI> next) {}

    private Answer json(HubRepo repo, String what, URI uri) {
        try {
            return retries.run(() -> json(uri), () -> 0);
        } catch (IOException e) {
            throw new HubErrors(access, repo).explained(what, e);
        }
    }

    private Answer json(URI uri) throws IOException {
        HttpResponse<byte[]> response =
                http.get(
                        uri,
                        Map.of("Accept", "application/json"),
                        BodyHandlers.limiting(BodyHandlers.ofByteArray(), LONGEST_ANSWER),
                        new Watcher() {});
        if (response.statusCode() != OK) {
            throw new HubAnswerException(response);
        }
        String link = response.headers().firstValue("Link").orElse("");
        Matcher next = NEXT.matcher(link);
        return new Answer(
                JSON.readTree(response.body()),
                next.find()
                        ? Optional.of(response.uri().resolve(next.group(1)))
                        : Optional.empty());
    }

    private static HubFile file(HubRepo repo, JsonNode entry) {
        String path = entry.path("path").asText();
        String blob = entry.path("oid").asText();
        JsonNode large = entry.path("lfs");
        String sha256 = large.path("oid").isTextual() ? large.path("oid").asText() : null;
        boolean known =
                CHECKSUM.matcher(blob).matches()
                        && (sha256 == null || CHECKSUM.matcher(sha256).matches());
        if (!known || !isInside(path)) {
            throw new ModelException(
                    "%s: the hub describes a file as %s; expected a path in the repository and checksums."
                            .formatted(repo, entry));
        }
        long size = large.path("size").asLong(entry.path("size").asLong());
        return new HubFile(path, size, blob, sha256);
    }

    /** A path that leads out of the folder would be written there. */
    private static boolean isInside(String path) {
        return !path.isEmpty()
                && !path.startsWith("/")
                && !path.contains("\\")
                && !path.contains(":")
                && List.of(path.split("/", -1)).stream()
                        .noneMatch(part -> part.isEmpty() || part.equals(".") || part.equals(".."));
    }
}
