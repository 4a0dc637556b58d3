package dev.tandem.index;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.tandem.model.Filter;
import dev.tandem.model.IndexException;
import dev.tandem.model.Passage;
import dev.tandem.model.SearchException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.regex.Pattern;
import org.apache.lucene.document.Document;
import org.apache.lucene.index.CheckIndex;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexableField;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.store.NIOFSDirectory;
import org.apache.lucene.store.NoLockFactory;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.IOUtils;

/**
 * Reads passages, their token ids and their metadata from the mount. Nothing damaged is ever handed
 * out: each passage and each list of token ids has a checksum. Thread-safe.
 */
public final class PassageStore implements AutoCloseable {

    /**
     * Maps need memory that threads share, and native-image compiles it only into programs without
     * the Vector API, which JVector has.
     */
    private static final boolean NATIVE_EXECUTABLE =
            System.getProperty("org.graalvm.nativeimage.imagecode") != null;

    private static final TypeReference<Map<String, Object>> OBJECT = new TypeReference<>() {};

    /** Lucene's terms, postings and points. */
    private static final Pattern FILTER_FILES =
            Pattern.compile("passages/.*\\.(doc|psm|tim|tip|tmd|kdd|kdi|kdm)");

    private static final String STORED = "id, title, text and metadata";

    private final Path folder;
    private final FSDirectory directory;
    private final DirectoryReader reader;
    private final LeafReader segment;
    private final MetadataSearch metadata;
    private final Generation generation;
    private boolean filterFilesChecked;

    private PassageStore(Generation generation, FSDirectory directory, DirectoryReader reader) {
        this.generation = generation;
        this.folder = IndexLayout.passages(generation.folder());
        this.directory = directory;
        this.reader = reader;
        this.segment = reader.leaves().getFirst().reader();
        this.metadata = new MetadataSearch(segment.getContext());
    }

    /** Something that Lucene reads; it may throw anything on damaged bytes. */
    private interface Read<T> {
        T get() throws IOException;
    }

    /**
     * @throws IndexException if the store cannot be read or has another number of passages
     */
    public static PassageStore open(Generation generation) {
        Path folder = IndexLayout.passages(generation.folder());
        return read(folder + " cannot be read", () -> open(generation, folder));
    }

    private static PassageStore open(Generation generation, Path folder) throws IOException {
        var opened = new ArrayDeque<Closeable>();
        try {
            var directory = directory(folder);
            opened.push(directory);
            var reader = DirectoryReader.open(directory);
            opened.push(reader);
            checkSize(folder, reader, generation.manifest().passages());
            var store = new PassageStore(generation, directory, reader);
            opened.clear();
            return store;
        } finally {
            IOUtils.closeWhileHandlingException(opened);
        }
    }

    private static FSDirectory directory(Path folder) throws IOException {
        return NATIVE_EXECUTABLE
                ? new NIOFSDirectory(folder, NoLockFactory.INSTANCE)
                : new MMapDirectory(folder, NoLockFactory.INSTANCE);
    }

    private static void checkSize(Path folder, DirectoryReader reader, int expected) {
        if (reader.maxDoc() != expected || reader.leaves().size() != 1) {
            throw new IndexException(
                    "%s holds %d passages in %d segments; the manifest says %d in one. Build the index again."
                            .formatted(folder, reader.maxDoc(), reader.leaves().size(), expected));
        }
    }

    /**
     * Token ids of a passage, read without its text.
     *
     * @throws IndexException if they cannot be read or are not those that were written
     */
    public int[] tokenIds(int ordinal) {
        return read(
                "The token ids of passage %d of %s cannot be read".formatted(ordinal, folder),
                () -> {
                    // A fresh iterator a call: they only go forward, and belong to one thread.
                    var tokens = segment.getBinaryDocValues(PassageFields.TOKENS);
                    if (tokens == null || !tokens.advanceExact(ordinal)) {
                        throw new IndexException(
                                folder + " has no token ids for passage " + ordinal);
                    }
                    BytesRef stored = tokens.binaryValue();
                    check(PassageChecksum.holds(ordinal, stored), "token ids", ordinal);
                    return TokenCodec.decode(PassageChecksum.content(stored));
                });
    }

    /**
     * @throws IndexException if the passage cannot be read or is not the one that was written
     */
    public Passage passage(int ordinal) {
        return read(
                "Passage %d of %s cannot be read".formatted(ordinal, folder),
                () -> {
                    Document stored = segment.storedFields().document(ordinal);
                    String id = string(stored, PassageFields.ID, ordinal);
                    String title = string(stored, PassageFields.TITLE, ordinal);
                    String text = string(stored, PassageFields.TEXT, ordinal);
                    String json = string(stored, PassageFields.METADATA, ordinal);
                    IndexableField checksum = stored.getField(PassageFields.CHECKSUM);
                    int computed = PassageChecksum.of(ordinal, id, title, text, json);
                    check(
                            checksum != null
                                    && Integer.valueOf(computed).equals(checksum.numericValue()),
                            STORED,
                            ordinal);
                    return new Passage(id, title, text, IndexFolder.JSON.readValue(json, OBJECT));
                });
    }

    /** The metadata fields, sorted, and the types of their values; empty without any metadata. */
    public SortedMap<String, Set<MetadataType>> fields() {
        return metadata.types();
    }

    /**
     * The passages that a filter lets through.
     *
     * @return their ordinals
     * @throws dev.tandem.model.InvalidRequestException if no passage has a field of the filter, or
     *     none has a value of the type it is compared with
     * @throws IndexException if the store cannot be read
     */
    public BitSet matching(Filter filter) {
        checkFilterFiles();
        return read(folder + " cannot be searched by metadata", () -> metadata.matching(filter));
    }

    /**
     * Terms and points have no checksum that Lucene compares when it reads some of them; all are
     * compared once, when the first filter comes. They are some bytes a passage.
     */
    private synchronized void checkFilterFiles() {
        if (filterFilesChecked) {
            return;
        }
        List<String> damage = generation.damage(path -> FILTER_FILES.matcher(path).matches());
        if (!damage.isEmpty()) {
            throw new IndexException(
                    String.join("; ", damage) + ". Filters cannot be used. Build the index again.");
        }
        filterFilesChecked = true;
    }

    /**
     * Looks a passage up by its id.
     *
     * @return its ordinal; empty if there is none
     * @throws IndexException if the store cannot be read
     */
    public OptionalInt ordinal(String id) {
        int ordinal = read(folder + " cannot be searched by id", () -> metadata.ordinal(id));
        return ordinal < 0 ? OptionalInt.empty() : OptionalInt.of(ordinal);
    }

    /**
     * Reads everything: Lucene's own checks, the ordinals' order, and every checksum.
     *
     * @throws IndexException saying what is wrong
     */
    public void verify() {
        read(
                folder + " cannot be read",
                () -> {
                    checkByLucene();
                    checkOrdinals();
                    return this;
                });
        for (int ordinal = 0; ordinal < segment.maxDoc(); ordinal++) {
            passage(ordinal);
            tokenIds(ordinal);
        }
    }

    private void checkByLucene() throws IOException {
        try (var check = new CheckIndex(directory)) {
            if (!check.checkIndex().clean) {
                throw new IndexException(folder + " fails Lucene's check. Build the index again.");
            }
        }
    }

    private void checkOrdinals() throws IOException {
        var ordinals = segment.getNumericDocValues(PassageFields.ORDINAL);
        for (int ordinal = 0; ordinal < segment.maxDoc(); ordinal++) {
            if (ordinals == null
                    || !ordinals.advanceExact(ordinal)
                    || ordinals.longValue() != ordinal) {
                throw new IndexException(folder + ": passage " + ordinal + " is out of order.");
            }
        }
    }

    @Override
    public void close() {
        try {
            reader.close();
            directory.close();
        } catch (IOException e) {
            throw new IndexException("Cannot close " + folder + ": " + e.getMessage(), e);
        }
    }

    private String string(Document stored, String field, int ordinal) {
        String string = stored.get(field);
        check(string != null, STORED, ordinal);
        return string == null ? "" : string;
    }

    private void check(boolean whole, String what, int ordinal) {
        if (!whole) {
            throw new IndexException(
                    "Passage %d of %s is damaged: its %s are not those that its checksum was made of. Build the index again, or copy it to the mount again."
                            .formatted(ordinal, folder, what));
        }
    }

    /**
     * Lucene trusts the bytes that it reads: damaged ones lead it out of bounds, to the end of the
     * file, to arrays that no memory holds and, where they are enabled, to assertions that fail. A
     * file that is cut short while it is mapped gives an InternalError.
     */
    private static <T> T read(String failure, Read<T> read) {
        try {
            return read.get();
        } catch (SearchException e) {
            throw e;
        } catch (IOException
                | RuntimeException
                | InternalError
                | OutOfMemoryError
                | AssertionError e) {
            throw new IndexException(failure + ": " + e + ". Build the index again.", e);
        }
    }
}
