package dev.tandem.retrieval;

import dev.tandem.candidates.CandidateSearcher;
import dev.tandem.candidates.CandidatesConfig;
import dev.tandem.candidates.QueryEncoder;
import dev.tandem.model.Filter;
import dev.tandem.model.Query;
import dev.tandem.rerank.DeadlineTimer;
import dev.tandem.rerank.Reranker;
import java.util.BitSet;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * What answers are made with.
 *
 * @param threads for all that may wait for storage
 */
record Stages(
        QueryEncoder encoder,
        CandidateSearcher searcher,
        CandidatesConfig candidates,
        Passages passages,
        Reranker reranker,
        DeadlineTimer timer,
        Executor threads,
        StorageHealth health) {

    /** Empty if no passage fits the query's filter, which makes a complete answer; null for all. */
    @Nullable BitSet accepted(Query query) {
        Filter filter = query.filter();
        return filter == null ? null : passages.matching(filter);
    }
}
