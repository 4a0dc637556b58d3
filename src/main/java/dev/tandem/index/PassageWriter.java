package dev.tandem.index;

import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.tandem.model.Passage;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.lucene.document.BinaryDocValuesField;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LogDocMergePolicy;
import org.apache.lucene.index.SerialMergeScheduler;

/** Writes the passage store: one Lucene segment, passages in the order they were added. */
public final class PassageWriter implements AutoCloseable {

    private static final ObjectWriter COMPACT =
            IndexFolder.JSON.writer().without(SerializationFeature.INDENT_OUTPUT);

    private final StorageDirectory directory;
    private final IndexWriter writer;
    private final MetadataIndexing indexing = new MetadataIndexing();
    private int count;

    public PassageWriter(Path folder) throws IOException {
        directory = new StorageDirectory(folder);
        // Merges of neighbouring segments only, so that document numbers stay the ordinals.
        var config =
                new IndexWriterConfig()
                        .setMergePolicy(new LogDocMergePolicy())
                        .setMergeScheduler(new SerialMergeScheduler())
                        .setUseCompoundFile(false)
                        // Else a build that fails would leave passages without their vectors.
                        .setCommitOnClose(false);
        // An earlier build that was stopped left what it had committed.
        writer = new IndexWriter(directory, config);
        count = writer.getDocStats().numDocs;
    }

    /**
     * @param tokens token ids of the passage's full text by the cross-encoder's tokenizer
     * @return the passage's ordinal
     * @throws dev.tandem.model.IndexException if the metadata has too many different fields
     */
    public int add(Passage passage, int[] tokens) throws IOException {
        String metadata = COMPACT.writeValueAsString(passage.metadata());
        var document = new Document();
        document.add(new StoredField(PassageFields.ID, passage.id()));
        document.add(new StringField(PassageFields.ID, Keyword.term(passage.id()), Field.Store.NO));
        document.add(new StoredField(PassageFields.TITLE, passage.title()));
        document.add(new StoredField(PassageFields.TEXT, passage.text()));
        document.add(new StoredField(PassageFields.METADATA, metadata));
        document.add(
                new StoredField(
                        PassageFields.CHECKSUM,
                        PassageChecksum.of(
                                count, passage.id(), passage.title(), passage.text(), metadata)));
        document.add(
                new BinaryDocValuesField(
                        PassageFields.TOKENS,
                        PassageChecksum.append(count, TokenCodec.encode(tokens))));
        document.add(new NumericDocValuesField(PassageFields.ORDINAL, count));
        indexing.add(passage.metadata(), document);
        writer.addDocument(document);
        return count++;
    }

    /** Number of passages added. */
    public int count() {
        return count;
    }

    /** Puts all that was added on the disk; a later writer goes on from there. */
    public void commit() throws IOException {
        writer.commit();
    }

    /** Merges into one segment and puts it on the disk. */
    public void finish() throws IOException {
        writer.forceMerge(1);
        writer.commit();
    }

    /** What was added since the last commit is dropped. */
    @Override
    public void close() throws IOException {
        writer.close();
        directory.close();
    }
}
