package dev.tandem.index;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.tandem.model.IndexException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** An index on the mount: its generations, and CURRENT that names the served one. */
public final class IndexFolder {

    static final ObjectMapper JSON =
            new ObjectMapper()
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
                    .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES);

    // Letters, digits and dashes: a generation's id can never lead out of its folder.
    private static final Pattern ID = Pattern.compile("[0-9A-Za-z-]{1,64}");

    private static final Logger LOG = Logger.getLogger(IndexFolder.class);
    private static final int MOST_ATTEMPTS = 5;

    private final Path folder;
    private final AtomicBoolean toldOfNoLease = new AtomicBoolean();

    public IndexFolder(Path folder) {
        this.folder = folder;
    }

    public Path path() {
        return folder;
    }

    /** Whether a generation was ever published here. */
    public boolean exists() {
        return Files.isRegularFile(folder.resolve(IndexLayout.CURRENT));
    }

    /**
     * The served generation, its manifest read and the lengths of its files checked.
     *
     * @throws IndexException if there is none, or it is not whole
     */
    public Generation current() {
        return newest(id -> checked(id, Verify.LENGTHS::check));
    }

    /**
     * The served generation, held against a prune until it is closed. Where the mount takes no
     * lease, it is served without one.
     *
     * @throws IndexException if there is none, or it is not whole
     */
    public LeasedGeneration lease(Verify verify) {
        return newest(id -> leased(id, verify::check));
    }

    /**
     * The same with nothing but its manifest read, for who looks for damage.
     *
     * @throws IndexException if there is none, or its manifest is not whole
     */
    public LeasedGeneration leaseUnchecked() {
        return newest(id -> leased(id, _ -> {}));
    }

    /**
     * Removes all but the newest generations, and none that is served or leased.
     *
     * @param keep how many stay, at least 1
     * @throws IndexException if there is no index, or a build runs
     */
    public Pruned prune(int keep) throws IOException {
        currentId();
        try (var _ = BuildLock.take(this)) {
            return new GenerationPruner(this).prune(keep);
        }
    }

    /**
     * Id of the served generation, read from the mount.
     *
     * @throws IndexException if CURRENT is missing or holds no id
     */
    public String currentId() {
        Path file = folder.resolve(IndexLayout.CURRENT);
        try {
            String id = Files.readString(file).strip();
            if (!ID.matcher(id).matches()) {
                throw new IndexException(
                        "%s holds \"%s\", which is no generation's id. Build the index again."
                                .formatted(file, id.substring(0, Math.min(id.length(), 80))));
            }
            return id;
        } catch (NoSuchFileException e) {
            throw new IndexException(
                    "No index at %s: %s is missing. Build one: ./tandem index build --input corpus.jsonl --index %s"
                            .formatted(folder.toAbsolutePath(), file.getFileName(), folder),
                    e);
        } catch (IOException e) {
            throw new IndexException("Cannot read " + file + ": " + e, e);
        }
    }

    /**
     * Looks whether a generation is there, without reading it.
     *
     * @throws IndexException if it is not
     */
    public void checkThere(String id) {
        Path manifest = generationFolder(id).resolve(IndexLayout.MANIFEST);
        if (!Files.isReadable(manifest)) {
            throw new IndexException(
                    "%s is missing or cannot be read. Copy generation %s to the mount again, or build the index again."
                            .formatted(manifest, id),
                    new NoSuchFileException(manifest.toString()));
        }
    }

    Path generations() {
        return folder.resolve(IndexLayout.GENERATIONS);
    }

    Path generationFolder(String id) {
        return generations().resolve(id);
    }

    /** Opens what CURRENT names, and again if that was replaced and pruned meanwhile. */
    private <T> T newest(Function<String, T> open) {
        String id = currentId();
        for (int attempt = 1; attempt < MOST_ATTEMPTS; attempt++) {
            try {
                return open.apply(id);
            } catch (IndexException e) {
                String now = currentId();
                if (now.equals(id)) {
                    throw e;
                }
                id = now;
            }
        }
        return open.apply(id);
    }

    private LeasedGeneration leased(String id, Consumer<Generation> check) {
        LockedFile lease = lease(id);
        boolean whole = false;
        try {
            // Only now: what is seen under the lease is not pruned any more.
            Generation generation = checked(id, check);
            whole = true;
            return new LeasedGeneration(generation, lease);
        } finally {
            if (!whole) {
                LeasedGeneration.release(lease);
            }
        }
    }

    private @Nullable LockedFile lease(String id) {
        try {
            return new Leases(this).take(id);
        } catch (IOException e) {
            if (toldOfNoLease.compareAndSet(false, true)) {
                LOG.warnf(
                        "No lease on the generations of %s (%s), so they are read without: a prune"
                                + " does not see this reader, and its --keep must cover how far it lags"
                                + " behind.",
                        folder, e);
            }
            return null;
        }
    }

    private Generation checked(String id, Consumer<Generation> check) {
        Path generationFolder = generationFolder(id);
        if (!Files.isDirectory(generationFolder)) {
            throw new IndexException(
                    "%s names generation %s, and %s is missing. Build the index again."
                            .formatted(folder.resolve(IndexLayout.CURRENT), id, generationFolder));
        }
        Path manifest = generationFolder.resolve(IndexLayout.MANIFEST);
        Generation generation = new Generation(generationFolder, ManifestFile.read(manifest));
        if (!generation.id().equals(id)) {
            throw new IndexException(
                    "%s is the manifest of generation %s. Build the index again."
                            .formatted(manifest, generation.id()));
        }
        check.accept(generation);
        return generation;
    }
}
