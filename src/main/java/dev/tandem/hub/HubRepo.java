package dev.tandem.hub;

import dev.tandem.model.ModelException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A model's repository on the hub at one revision.
 *
 * @param id owner and name, such as {@code BAAI/bge-reranker-base}
 * @param revision branch, tag or commit
 */
public record HubRepo(String id, String revision) {

    private static final Pattern ID = Pattern.compile("(\\w[\\w.-]*/)?\\w[\\w.-]*");
    private static final Pattern SLASH = Pattern.compile("/");

    public HubRepo {
        if (!ID.matcher(id).matches() || id.contains("..")) {
            throw new ModelException(
                    "ID: got %s, expected OWNER/NAME as the hub's page of the model shows it, such as cross-encoder/ms-marco-MiniLM-L6-v2."
                            .formatted(id));
        }
        if (revision.isBlank()) {
            throw new ModelException("--revision: got nothing, expected a branch, tag or commit.");
        }
    }

    /** The name without its owner. */
    public String name() {
        return id.substring(id.lastIndexOf('/') + 1);
    }

    /** The same at the commit that the revision stands for. */
    HubRepo at(String commit) {
        return new HubRepo(id, commit);
    }

    /** What the hub knows of the revision: JSON. */
    String infoPath() {
        return "/api/models/" + id + "/revision/" + encoded(revision);
    }

    /** All files of the revision: JSON, in pages. */
    String treePath() {
        return "/api/models/" + id + "/tree/" + encoded(revision) + "?recursive=true";
    }

    /** One file. */
    String filePath(String path) {
        return "/" + id + "/resolve/" + encoded(revision) + "/" + segments(path);
    }

    private static String segments(String path) {
        return Arrays.stream(SLASH.split(path))
                .map(HubRepo::encoded)
                .collect(Collectors.joining("/"));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** {@code BAAI/bge-reranker-base at main}. */
    @Override
    public String toString() {
        return id + " at " + revision;
    }
}
