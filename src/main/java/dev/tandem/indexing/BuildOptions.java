package dev.tandem.indexing;

import dev.tandem.model.LongPassages;
import org.jspecify.annotations.Nullable;

/**
 * How an index is built.
 *
 * @param onError what to do about bad input
 * @param keep how many of the newest generations stay, at least 1
 * @param vectors how the graph's records hold vectors
 * @param longPassages what a cross-encoder reads of long passages by default; null to leave it to
 *     whoever serves the index
 * @param resume whether to go on with a build that was stopped
 */
public record BuildOptions(
        OnError onError,
        int keep,
        VectorEncoding vectors,
        @Nullable LongPassages longPassages,
        boolean resume) {

    /** Generations that stay unless the caller says how many: the new one and one to go back to. */
    public static final int DEFAULT_KEEP = 2;

    /** A new build with exact vectors. */
    public static BuildOptions of(OnError onError) {
        return new BuildOptions(onError, DEFAULT_KEEP, VectorEncoding.FLOAT32, null, false);
    }
}
