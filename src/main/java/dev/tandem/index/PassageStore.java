package dev.tandem.index;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.tandem.model.IndexException;
import dev.tandem.model.Passage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.apache.lucene.index.CheckIndex;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.store.NoLockFactory;

/** Reads passages and their token ids from the mount. Thread-safe. */
public final class PassageStore implements AutoCloseable {

    private static final TypeReference<Map<String, Object>> OBJECT = new TypeReference<>() {};

    private final Path folder;
    private final MMapDirectory directory;
    private final DirectoryReader reader;
    private final LeafReader segment;

    private PassageStore(Path folder, MMapDirectory directory, DirectoryReader reader) {
        this.folder = folder;
        this.directory = directory;
        this.reader = reader;
        this.segment = reader.leaves().getFirst().reader();
    }

    /**
     * @throws IndexException if the store cannot be read or has another number of passages
     */
    public static PassageStore open(Generation generation) {
        Path folder = IndexLayout.passages(generation.folder());
        try {
            var directory = new MMapDirectory(folder, NoLockFactory.INSTANCE);
            var reader = DirectoryReader.open(directory);
            int expected = generation.manifest().passages();
            int found = reader.maxDoc();
            int segments = reader.leaves().size();
            if (found != expected || segments != 1) {
                reader.close();
                throw new IndexException(
                        "%s holds %d passages in %d segments; the manifest says %d in one. Build the index again."
                                .formatted(folder, found, segments, expected));
            }
            return new PassageStore(folder, directory, reader);
        } catch (IOException e) {
            throw new IndexException(
                    folder + " cannot be read: " + e.getMessage() + ". Build the index again.", e);
        }
    }

    /** Token ids of a passage, read without its text. */
    public int[] tokenIds(int ordinal) {
        try {
            // A fresh iterator a call: they only go forward, and belong to one thread.
            var tokens = segment.getBinaryDocValues(PassageFields.TOKENS);
            if (tokens == null || !tokens.advanceExact(ordinal)) {
                throw new IndexException(folder + " has no token ids for passage " + ordinal);
            }
            return TokenCodec.decode(tokens.binaryValue());
        } catch (IOException e) {
            throw unreadable(ordinal, e);
        }
    }

    public Passage passage(int ordinal) {
        try {
            var document = segment.storedFields().document(ordinal);
            return new Passage(
                    document.get(PassageFields.ID),
                    document.get(PassageFields.TITLE),
                    document.get(PassageFields.TEXT),
                    IndexFolder.JSON.readValue(document.get(PassageFields.METADATA), OBJECT));
        } catch (IOException e) {
            throw unreadable(ordinal, e);
        }
    }

    /**
     * Reads everything: Lucene's own checks, and the ordinals' order.
     *
     * @throws IndexException saying what is wrong
     */
    public void verify() {
        try (var check = new CheckIndex(directory)) {
            if (!check.checkIndex().clean) {
                throw new IndexException(folder + " fails Lucene's check. Build the index again.");
            }
            var ordinals = segment.getNumericDocValues(PassageFields.ORDINAL);
            for (int ordinal = 0; ordinal < segment.maxDoc(); ordinal++) {
                if (ordinals == null
                        || !ordinals.advanceExact(ordinal)
                        || ordinals.longValue() != ordinal) {
                    throw new IndexException(folder + ": passage " + ordinal + " is out of order.");
                }
            }
        } catch (IOException e) {
            throw new IndexException(folder + " cannot be read: " + e.getMessage(), e);
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

    private IndexException unreadable(int ordinal, IOException e) {
        return new IndexException(
                "Passage " + ordinal + " of " + folder + " cannot be read: " + e.getMessage(), e);
    }
}
