package dev.tandem.index;

import java.util.List;

/**
 * The description of a generation, {@code manifest.json}; its checksum is {@link ManifestFile}'s
 * matter.
 *
 * @param format always {@link #FORMAT}
 * @param version of the layout; {@link #VERSION} is written and read
 * @param generation id; the name of its folder
 * @param created instant of publication, ISO 8601 in UTC
 * @param builder name and version of the program that built it
 * @param passages number of passages, vectors and token lists
 * @param dimension length of a vector
 * @param similarity {@code cosine}
 * @param biEncoder what made the vectors
 * @param crossEncoder whose tokenizer made the token ids
 * @param graph parameters of the graph
 * @param vectors how the vectors are held
 * @param source what it was built from
 * @param files every file but the manifest, paths relative to the generation's folder
 */
public record IndexManifest(
        String format,
        int version,
        String generation,
        String created,
        String builder,
        int passages,
        int dimension,
        String similarity,
        EncoderRef biEncoder,
        TokenizerRef crossEncoder,
        GraphParameters graph,
        VectorStorage vectors,
        Source source,
        List<FileEntry> files) {

    public static final String FORMAT = "tandem-index";
    public static final int VERSION = 3;

    public IndexManifest {
        files = List.copyOf(files);
    }

    /**
     * A bi-encoder.
     *
     * @param fingerprint SHA-256 of what it computes; vectors of another one do not compare
     */
    public record EncoderRef(String name, String fingerprint) {}

    /**
     * A cross-encoder's tokenizer.
     *
     * @param tokenizer SHA-256 of what turns text into ids
     * @param longPassages what a cross-encoder reads of these passages if the query does not say,
     *     by its name; {@code default} leaves it to whoever serves them
     */
    public record TokenizerRef(String name, String tokenizer, String longPassages) {

        /** Leaves it to whoever serves the passages. */
        public static final String DEFAULT = "default";
    }

    /**
     * How the graph was built; JVector's names.
     *
     * @param maxDegree neighbours of a node (M)
     * @param beamWidth nodes kept while a node's neighbours are looked for (efConstruction)
     * @param neighborOverflow how far a node may exceed maxDegree during the build, a factor
     * @param alpha how much nearer another neighbour must be for one to be dropped
     */
    public record GraphParameters(
            int maxDegree, int beamWidth, float neighborOverflow, float alpha) {}

    /**
     * How the vectors are held.
     *
     * @param encoding {@code float32} or {@code nvq}
     * @param codeBytes bytes of a vector's code, also of each neighbour's in a record; 0 for none
     * @param hotRecords records in the hot region; 0 if the whole graph is held in memory
     */
    public record VectorStorage(String encoding, int codeBytes, int hotRecords) {}

    /**
     * The input of the build.
     *
     * @param name file or folder name
     * @param crc32c over the bytes that were read, eight hexadecimal digits
     */
    public record Source(String name, String crc32c) {}

    /**
     * A file of the generation.
     *
     * @param length bytes
     * @param crc32c eight hexadecimal digits
     */
    public record FileEntry(String path, long length, String crc32c) {}
}
