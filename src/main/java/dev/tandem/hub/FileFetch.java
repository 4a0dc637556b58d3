package dev.tandem.hub;

import dev.tandem.files.DurableFiles;
import dev.tandem.hub.HubHttp.Watcher;
import dev.tandem.model.ModelException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * Fetches one file, going on with what an earlier try left. The part's name is the checksum of what
 * it is a part of, so a part of another content is never gone on with; and a file is taken only
 * with the right checksum.
 */
final class FileFetch implements Watcher {

    private static final int OK = 200;
    private static final int PARTIAL = 206;
    private static final int RANGE_NOT_SATISFIABLE = 416;
    private static final int LONGEST_MESSAGE = 1 << 16;
    private static final Pattern QUOTES = Pattern.compile("^(W/)?\"|\"$");

    private final Means means;
    private final PullProgress progress;
    private final HubFile file;
    private final URI uri;
    private final Path part;
    private final Path etag;

    /** What fetches files. */
    record Means(HubHttp http, Retries retries, PullProgress progress) {}

    /**
     * @param parts folder of what is not whole
     */
    FileFetch(Means means, HubFile file, URI uri, Path parts) {
        this.means = means;
        progress = means.progress();
        this.file = file;
        this.uri = uri;
        part = parts.resolve(file.digest() + ".part");
        etag = parts.resolve(file.digest() + ".etag");
    }

    /**
     * @param target gets the file, whole and on the disk
     * @throws IOException if it does not come; what has come is kept for the next time
     * @throws ModelException if it is not the file that the hub describes
     */
    void into(Path target) throws IOException {
        progress.begins(file.path(), file.size());
        boolean resumed = have() > 0;
        transfer();
        if (resumed && !isRight()) {
            // The part was not of this file, or was damaged: that is no reason to give up.
            progress.says(file.path() + ": what an earlier try left does not fit, fetched anew");
            forget();
            transfer();
        }
        String digest = file.digestOf(part);
        if (!digest.equals(file.digest())) {
            forget();
            throw damaged(digest);
        }
        DurableFiles.force(part);
        DurableFiles.createFolders(
                Objects.requireNonNull(target.getParent(), "a file in a model's folder"));
        DurableFiles.rename(part, target);
        Files.deleteIfExists(etag);
        progress.ends();
    }

    /** Bytes that are still to come. */
    long missing() {
        return Math.max(0, file.size() - have());
    }

    private void transfer() throws IOException {
        means.retries().run(this::tryOnce, this::have);
    }

    private boolean tryOnce() throws IOException {
        long have = have();
        if (have > file.size()) {
            forget();
            have = 0;
        }
        if (have == file.size() && Files.exists(part)) {
            return true;
        }
        var response = means.http().get(uri, headers(have), handler(have), this);
        progress.at(have());
        accept(response, have);
        return true;
    }

    private void accept(HttpResponse<byte[]> response, long from) throws IOException {
        int status = response.statusCode();
        boolean notThat = status == PARTIAL && !isWanted(response.headers(), from);
        if (status == RANGE_NOT_SATISFIABLE || notThat) {
            forget();
            throw new IOException(
                    "%s: the range from %d on is not to be had".formatted(file.path(), from));
        }
        if (status != OK && status != PARTIAL) {
            throw new HubAnswerException(response);
        }
        if (have() != file.size()) {
            throw new IOException(
                    "%s: the answer ended at %d of %d bytes"
                            .formatted(file.path(), have(), file.size()));
        }
    }

    /** A part is gone on with only while the file's other end has the same version of it. */
    private Map<String, String> headers(long have) throws IOException {
        Map<String, String> headers = new LinkedHashMap<>();
        if (have > 0) {
            headers.put("Range", "bytes=" + have + "-");
            if (Files.exists(etag)) {
                headers.put("If-Range", Files.readString(etag));
            }
        }
        return headers;
    }

    private BodyHandler<byte[]> handler(long have) {
        return info ->
                switch (info.statusCode()) {
                    case OK -> whole(info);
                    case PARTIAL ->
                            isWanted(info.headers(), have)
                                    ? rest(info, file.size() - have)
                                    : message();
                    default -> message();
                };
    }

    private BodySubscriber<byte[]> whole(ResponseInfo info) {
        return toPart(info, file.size(), StandardOpenOption.TRUNCATE_EXISTING);
    }

    private BodySubscriber<byte[]> rest(ResponseInfo info, long bytes) {
        return toPart(info, bytes, StandardOpenOption.APPEND);
    }

    private BodySubscriber<byte[]> toPart(ResponseInfo info, long most, OpenOption how) {
        keepTag(info);
        var written =
                BodySubscribers.ofFile(
                        part, StandardOpenOption.CREATE, StandardOpenOption.WRITE, how);
        return BodySubscribers.mapping(BodySubscribers.limiting(written, most), _ -> new byte[0]);
    }

    private static BodySubscriber<byte[]> message() {
        return BodySubscribers.limiting(BodySubscribers.ofByteArray(), LONGEST_MESSAGE);
    }

    /** A weak tag says too little for ranges. */
    private void keepTag(ResponseInfo info) {
        String tag = info.headers().firstValue("ETag").orElse("");
        try {
            if (tag.startsWith("\"")) {
                Files.writeString(etag, tag);
            } else {
                Files.deleteIfExists(etag);
            }
        } catch (IOException e) {
            // Without it the checksum alone finds what does not belong together.
            progress.says("Cannot keep %s: %s".formatted(etag, e));
        }
    }

    private boolean isWanted(HttpHeaders headers, long from) {
        String wanted = "bytes %d-%d/%d".formatted(from, file.size() - 1, file.size());
        return headers.firstValue("Content-Range").filter(wanted::equals).isPresent();
    }

    /** The hub says with the redirect what is at its end: found out before a gigabyte comes. */
    @Override
    public void redirected(HttpResponse<?> redirect) {
        String linked = redirect.headers().firstValue("X-Linked-ETag").orElse("");
        String tag = QUOTES.matcher(linked).replaceAll("");
        if (file.sha256() != null && !tag.isEmpty() && !tag.equals(file.sha256())) {
            throw new ModelException(
                    "%s changed on the hub meanwhile: its SHA-256 is %s there, expected %s. Run the same command again."
                            .formatted(file.path(), tag, file.sha256()));
        }
    }

    private boolean isRight() throws IOException {
        return file.digestOf(part).equals(file.digest());
    }

    private ModelException damaged(String got) {
        return new ModelException(
                "%s as %s sends it is not what the hub describes: its %s is %s, expected %s. It was thrown away. Run the same command again; if that does not help, something between here and the hub changes it, such as a proxy."
                        .formatted(
                                file.path(), uri.getHost(), file.algorithm(), got, file.digest()));
    }

    private void forget() throws IOException {
        Files.deleteIfExists(part);
        Files.deleteIfExists(etag);
    }

    @Override
    public long done() {
        long have = have();
        progress.at(have);
        return have;
    }

    private long have() {
        try {
            return Files.exists(part) ? Files.size(part) : 0;
        } catch (IOException e) {
            return 0;
        }
    }
}
