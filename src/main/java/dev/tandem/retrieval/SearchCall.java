package dev.tandem.retrieval;

import dev.tandem.candidates.WalkLimits;
import dev.tandem.model.Budget;
import dev.tandem.model.Candidate;
import dev.tandem.model.Candidates;
import dev.tandem.model.Coverage;
import dev.tandem.model.Deadline;
import dev.tandem.model.IndexException;
import dev.tandem.model.Query;
import dev.tandem.model.RankedPassage;
import dev.tandem.model.SearchResult;
import dev.tandem.model.StorageFailure;
import dev.tandem.model.Temperature;
import dev.tandem.model.Timings;
import dev.tandem.model.Walk;
import dev.tandem.model.Work;
import dev.tandem.rerank.RerankTask;
import dev.tandem.rerank.Reranking;
import dev.tandem.retrieval.StageOrder.Placed;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One query on its way through both stages. Stage 1 and the reading of texts may hang on storage;
 * when the answer can wait no longer, it is given with what there is.
 */
final class SearchCall {

    /** Stands for a walk that has not ended. */
    private static final Walk UNKNOWN = new Walk(0, 0, false, Temperature.COLD, 0);

    private final Stages stages;
    private final RerankRules rules;
    private final AnswerReserve reserve;
    private final Query query;
    private final ReadQuery text;
    private final long started = System.nanoTime();
    private final List<RankedPassage> ranked = new ArrayList<>();
    private volatile @Nullable Walked walked;
    private volatile @Nullable Reranked reranked;
    private volatile StorageHealth.@Nullable Work work;

    /** Something that may wait for the storage. */
    private interface Reading<T> {
        T read();
    }

    /** Stage 1 has ended. */
    private record Walked(Candidates found, Deadlines due, long encoded, long ended) {}

    /**
     * Stage 2 has ended.
     *
     * @param failure what token ids that could not be read met; null if there were none
     */
    private record Reranked(
            Walked walked, Reranking reranking, @Nullable StorageFailure failure, long ended) {}

    SearchCall(Stages stages, RerankRules rules, AnswerReserve reserve, Query query) {
        this.stages = stages;
        this.rules = rules;
        this.reserve = reserve;
        this.query = query;
        text = rules.read(query.text());
    }

    Uni<SearchResult> answer(Budget budget) {
        Uni<SearchResult> whole =
                Uni.createFrom()
                        .item(() -> working(() -> retrieve(budget)))
                        .runSubscriptionOn(stages.threads())
                        .chain(this::rerank)
                        .emitOn(stages.threads())
                        .map(its -> working(() -> assemble(its)))
                        .onFailure(IndexException.class)
                        .invoke(e -> stages.health().callEnded(StorageFailure.of(e)));
        Uni<SearchResult> cut = stages.timer().at(budget.latest()).map(_ -> cut());
        // The alarm is set before anything is done that could hang.
        return Uni.combine().any().of(cut, whole);
    }

    private <T> T working(Reading<T> reading) {
        try (var its = stages.health().begin()) {
            work = its;
            return reading.read();
        }
    }

    private Walked retrieve(Budget budget) {
        float[] vector = stages.encoder().encodeQuery(query.text());
        long encoded = System.nanoTime();
        var config = stages.candidates();
        var due = Deadlines.of(budget.due(), reserve.get(), config.budgetShare());
        var limits = WalkLimits.of(config, due.walk());
        BitSet accepted = stages.accepted(query);
        Candidates found =
                stages.searcher().search(vector, query.candidateCount(), accepted, limits);
        var its = new Walked(found, due, encoded, System.nanoTime());
        walked = its;
        return its;
    }

    private Uni<Reranked> rerank(Walked its) {
        List<Candidate> candidates = its.found().list();
        boolean cold = its.found().walk().temperature() == Temperature.COLD;
        Deadline deadline = its.due().rerank();
        var tokens = stages.passages().tokens(candidates, cold, deadline, stages.health());
        var task =
                new RerankTask(
                        text.tokens(),
                        candidates.size(),
                        tokens,
                        rules.cut(query.options()),
                        rules.convergence(query, candidates));
        var cascading = rules.cascading(task, query.options(), candidates);
        return stages.reranker()
                .rerank(asText(cascading, candidates), deadline)
                .onTermination()
                .invoke(tokens::close)
                .map(
                        reranking ->
                                new Reranked(its, reranking, tokens.failure(), System.nanoTime()));
    }

    /** For a remote, if what the local model reads of the query is all of it. */
    private RerankTask asText(RerankTask task, List<Candidate> candidates) {
        return text.isWhole()
                ? task.with(
                        new RerankTask.Texts(
                                query.text(),
                                index ->
                                        stages.passages()
                                                .passage(candidates.get(index).ordinal())
                                                .fullText(),
                                query.topK()))
                : task;
    }

    /** Puts the answer together: one order, and the texts of its head. */
    private SearchResult assemble(Reranked its) {
        reranked = its;
        var outcomes = its.reranking().outcomes();
        List<Placed> placed =
                rules.order(query.options()).of(its.walked().found().list(), outcomes);
        double least = query.options().minScore();
        placed.stream().filter(hit -> hit.score() >= least).limit(query.topK()).forEach(this::read);
        learn(its);
        stages.health().callEnded(its.failure());
        Walk walk = its.walked().found().walk();
        return result(CoverageOf.search(query, its.reranking(), walk));
    }

    private void read(Placed hit) {
        var passage = stages.passages().passage(hit.candidate().ordinal());
        synchronized (ranked) {
            ranked.add(
                    new RankedPassage(
                            ranked.size() + 1,
                            passage,
                            hit.score(),
                            hit.stage(),
                            hit.logit(),
                            hit.candidate().similarity(),
                            hit.index() + 1,
                            hit.reading()));
        }
    }

    /** From the end of scoring, or from when it was due if that was told of late. */
    private void learn(Reranked its) {
        Duration assembling = Duration.ofNanos(System.nanoTime() - its.ended());
        Duration late = its.walked().due().rerank().remaining().negated();
        reserve.observe(late.compareTo(assembling) > 0 ? late : assembling);
    }

    /** The hits whose texts are there; none while stage 1 has not ended. */
    private SearchResult cut() {
        StorageHealth.Work unfinished = work;
        if (unfinished != null) {
            unfinished.abandon();
        }
        return result(CoverageOf.cut(query, reranked == null ? null : reranked.reranking()));
    }

    private SearchResult result(Coverage coverage) {
        Walked stage1 = walked;
        Reranked stage2 = reranked;
        List<RankedPassage> hits;
        synchronized (ranked) {
            hits = List.copyOf(ranked);
        }
        return new SearchResult(
                hits,
                text.used(),
                coverage,
                stage1 == null ? UNKNOWN : stage1.found().walk(),
                timings(stage1, stage2),
                stage2 == null ? Work.NONE : stage2.reranking().work(),
                stages.passages().generation(),
                stages.reranker().device());
    }

    /** What has not ended has taken until now. */
    private Timings timings(@Nullable Walked stage1, @Nullable Reranked stage2) {
        long now = System.nanoTime();
        long encoded = stage1 == null ? now : stage1.encoded();
        long retrieved = stage1 == null ? now : stage1.ended();
        long scored = stage2 == null ? now : stage2.ended();
        return new Timings(
                Duration.ofNanos(encoded - started),
                Duration.ofNanos(retrieved - encoded),
                Duration.ofNanos(scored - retrieved),
                Duration.ofNanos(now - scored),
                Duration.ofNanos(now - started));
    }
}
