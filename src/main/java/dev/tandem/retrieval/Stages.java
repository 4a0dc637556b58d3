package dev.tandem.retrieval;

import dev.tandem.candidates.CandidateSearcher;
import dev.tandem.candidates.CandidatesConfig;
import dev.tandem.candidates.QueryEncoder;
import dev.tandem.rerank.DeadlineTimer;
import dev.tandem.rerank.Reranker;
import java.util.concurrent.Executor;

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
        Executor threads) {}
