package dev.tandem.retrieval;

import dev.tandem.candidates.CandidateSearcher;
import dev.tandem.candidates.CandidatesConfig;
import dev.tandem.candidates.QueryEncoder;
import dev.tandem.candidates.WalkLimits;
import dev.tandem.model.Candidate;
import dev.tandem.model.Candidates;
import dev.tandem.model.Deadline;
import dev.tandem.model.Filter;
import dev.tandem.model.InvalidRequestException;
import dev.tandem.model.InvalidRequestException.Kind;
import dev.tandem.model.Query;
import dev.tandem.model.RankedPassage;
import dev.tandem.model.SearchResult;
import dev.tandem.model.Temperature;
import dev.tandem.model.Timings;
import dev.tandem.onnx.TextTokenizer;
import dev.tandem.rerank.Convergence;
import dev.tandem.rerank.PassageCut;
import dev.tandem.rerank.RerankTask;
import dev.tandem.rerank.Reranker;
import dev.tandem.retrieval.StageOrder.Placed;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** Answers a query in two stages. Thread-safe. */
public final class TwoStageRetriever {

    private final QueryEncoder encoder;
    private final TextTokenizer pairTokenizer;
    private final CandidateSearcher searcher;
    private final Passages passages;
    private final Reranker reranker;
    private final StageOrder order;
    private final CandidatesConfig config;
    private final AnswerReserve reserve = new AnswerReserve();

    TwoStageRetriever(
            QueryEncoder encoder,
            TextTokenizer pairTokenizer,
            CandidateSearcher searcher,
            Passages passages,
            Reranker reranker,
            StageOrder order,
            CandidatesConfig config) {
        this.encoder = encoder;
        this.pairTokenizer = pairTokenizer;
        this.searcher = searcher;
        this.passages = passages;
        this.reranker = reranker;
        this.order = order;
        this.config = config;
    }

    /**
     * Answers by the deadline with the best ranking that the time allowed; being late is never an
     * error. Stage 1 runs on the calling thread, which it blocks for its share of the time at most.
     *
     * @throws InvalidRequestException if the query is longer than the cross-encoder can read, or
     *     its filter does not fit the metadata
     */
    public Uni<SearchResult> search(Query query, Deadline deadline) {
        long started = System.nanoTime();
        long[] queryTokens = queryTokens(query);
        float[] vector = encoder.encodeQuery(query.text());
        long encoded = System.nanoTime();
        var due = Deadlines.of(deadline, reserve.get(), config.budgetShare());
        Candidates found = candidates(vector, query, WalkLimits.of(config, due.walk()));
        List<Candidate> candidates = found.list();
        if (found.walk().temperature() == Temperature.COLD) {
            passages.readAhead(candidates);
        }
        long retrieved = System.nanoTime();
        var task =
                new RerankTask(
                        queryTokens,
                        candidates.size(),
                        index -> passages.tokenIds(candidates.get(index).ordinal()),
                        PassageCut.HEAD,
                        Convergence.NEVER);
        return reranker.rerank(task, due.rerank())
                .map(
                        reranking -> {
                            long reranked = System.nanoTime();
                            List<RankedPassage> ranked =
                                    ranked(
                                            order.of(candidates, reranking.outcomes()),
                                            query.topK());
                            learn(due, reranked);
                            return new SearchResult(
                                    ranked,
                                    CoverageOf.search(query, reranking, found.walk()),
                                    found.walk(),
                                    new Timings(
                                            Duration.ofNanos(encoded - started),
                                            Duration.ofNanos(retrieved - encoded),
                                            Duration.ofNanos(reranked - retrieved),
                                            Duration.ofNanos(System.nanoTime() - started)),
                                    reranking.work(),
                                    passages.generation(),
                                    reranker.device());
                        });
    }

    /** Stage 1 alone: the ids of the candidates in its order. */
    public List<String> candidateIds(Query query) {
        float[] vector = encoder.encodeQuery(query.text());
        return candidates(vector, query, WalkLimits.NONE).list().stream()
                .map(candidate -> passages.passage(candidate.ordinal()).id())
                .toList();
    }

    /** None if no passage fits the filter, which is a complete answer. */
    private Candidates candidates(float[] vector, Query query, WalkLimits limits) {
        Filter filter = query.filter();
        BitSet accepted = filter == null ? null : passages.matching(filter);
        return searcher.search(vector, query.candidateCount(), accepted, limits);
    }

    private long[] queryTokens(Query query) {
        long[] tokens = pairTokenizer.ids(query.text());
        if (tokens.length > pairTokenizer.maxQueryTokens()) {
            throw new InvalidRequestException(
                    Kind.TOO_LARGE,
                    "query",
                    "got %d tokens, expected at most %d: the cross-encoder reads the query and the passage together. Shorten the query."
                            .formatted(tokens.length, pairTokenizer.maxQueryTokens()));
        }
        return tokens;
    }

    private List<RankedPassage> ranked(List<Placed> placed, int topK) {
        List<RankedPassage> ranked = new ArrayList<>();
        for (Placed hit : placed.subList(0, Math.min(topK, placed.size()))) {
            ranked.add(
                    new RankedPassage(
                            ranked.size() + 1,
                            passages.passage(hit.candidate().ordinal()),
                            hit.score(),
                            hit.stage(),
                            hit.logit(),
                            hit.candidate().similarity(),
                            hit.index() + 1,
                            hit.reading()));
        }
        return ranked;
    }

    /** From the end of scoring, or from when it was due if that was told of late. */
    private void learn(Deadlines due, long reranked) {
        Duration assembling = Duration.ofNanos(System.nanoTime() - reranked);
        Duration late = due.rerank().remaining().negated();
        reserve.observe(late.compareTo(assembling) > 0 ? late : assembling);
    }
}
