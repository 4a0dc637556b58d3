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
    private static final String PASSAGES = "passages";

    private IndexLayout() {}

    /** The graph and its vectors. */
    public static Path graph(Path generation) {
        return generation.resolve(GRAPH);
    }

    /** The passage store, a Lucene index. */
    public static Path passages(Path generation) {
        return generation.resolve(PASSAGES);
    }
}
