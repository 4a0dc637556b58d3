package dev.tandem.index;

import java.nio.file.Path;

/** Names on the mount. */
public final class IndexLayout {

    /** Holds the id of the served generation; replaced by rename. */
    static final String CURRENT = "CURRENT";

    /** Held while a build runs, so that two builds do not meet. */
    static final String LOCK = "BUILD.lock";

    static final String GENERATIONS = "generations";
    static final String MANIFEST = "manifest.json";

    /** Suffix of a generation folder that is being built, or was when its build was killed. */
    static final String BUILDING = ".building";

    /** Suffix of a generation folder that is being removed, or was when its prune was killed. */
    static final String PRUNED = ".pruned";

    /** Folder of locked files, one a reader of a generation. */
    static final String LEASES = "leases";

    private static final String GRAPH = "graph.jvector";
    private static final String CHECKSUMS = "graph.checksums";
    private static final String HOT = "graph.hot";
    private static final String CODES = "codes.pq";
    private static final String PASSAGES = "passages";
    private static final String WORK = "work";

    /** What a build does not need any more, while it is removed. */
    static final String DISCARDED = "work.discarded";

    private IndexLayout() {}

    /** The graph and its vectors. */
    public static Path graph(Path generation) {
        return generation.resolve(GRAPH);
    }

    /** A checksum of each of the graph's records. */
    public static Path checksums(Path generation) {
        return generation.resolve(CHECKSUMS);
    }

    /** Copies of the records that most walks pass through; a small graph has none. */
    public static Path hot(Path generation) {
        return generation.resolve(HOT);
    }

    /** The codes of all vectors; a small graph has none. */
    public static Path codes(Path generation) {
        return generation.resolve(CODES);
    }

    /** What only the build needs; a published generation has none. */
    public static Path work(Path generation) {
        return generation.resolve(WORK);
    }

    /** The passage store, a Lucene index. */
    public static Path passages(Path generation) {
        return generation.resolve(PASSAGES);
    }
}
