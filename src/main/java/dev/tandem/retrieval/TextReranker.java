package dev.tandem.retrieval;

import dev.tandem.model.Budget;
import dev.tandem.model.Candidate;
import dev.tandem.model.InvalidRequestException;
import dev.tandem.model.InvalidRequestException.Kind;
import dev.tandem.model.RankedText;
import dev.tandem.model.TextQuery;
import dev.tandem.model.TextRanking;
import dev.tandem.model.TextReading.LongTexts;
import dev.tandem.onnx.TextTokenizer;
import dev.tandem.rerank.Convergence;
import dev.tandem.rerank.RerankTask;
import dev.tandem.rerank.Reranker;
import dev.tandem.rerank.Reranking;
import dev.tandem.retrieval.StageOrder.Placed;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/** Stage 2 alone, over texts that a caller brings; the same engine. Thread-safe. */
public final class TextReranker {

    /** Makes a score of half the lowest reranked one. */
    private static final float UNKNOWN_SIMILARITY = 0;

    private final Reranker reranker;
    private final TextTokenizer tokenizer;
    private final RerankRules rules;
    private final AnswerReserve reserve = new AnswerReserve();

    TextReranker(Reranker reranker, TextTokenizer tokenizer, RerankRules rules) {
        this.reranker = reranker;
        this.tokenizer = tokenizer;
        this.rules = rules;
    }

    /**
     * Answers when it is due with the best ranking that the time allowed.
     *
     * @throws InvalidRequestException if the query is longer than the cross-encoder can read, or a
     *     text is and such are to be refused
     */
    public Uni<TextRanking> rerank(TextQuery query, Budget budget) {
        long started = System.nanoTime();
        ReadQuery text = rules.read(query.text());
        if (query.reading().longTexts() == LongTexts.REFUSE) {
            refuseLong(query, tokenizer.passageRoom(text.tokens().length));
        }
        var due = Deadlines.of(budget.due(), reserve.get(), 0);
        var task =
                new RerankTask(
                        text.tokens(),
                        query.texts().size(),
                        index -> tokenizer.storableIds(query.texts().get(index)),
                        rules.cut(query.options(), query.reading()),
                        Convergence.NEVER);
        var cascading = rules.cascading(task, query.options(), candidates(query));
        return reranker.rerank(asText(cascading, text, query), due.rerank())
                .map(
                        reranking -> {
                            List<RankedText> ranked = ranked(query, reranking);
                            reserve.observe(due.rerank().remaining().negated());
                            return new TextRanking(
                                    ranked,
                                    text.used(),
                                    CoverageOf.texts(query.texts().size(), reranking),
                                    reranking.work(),
                                    Duration.ofNanos(System.nanoTime() - started),
                                    reranker.device());
                        });
    }

    private void refuseLong(TextQuery query, int room) {
        for (int index = 0; index < query.texts().size(); index++) {
            int tokens = tokenizer.storableIds(query.texts().get(index)).length;
            if (tokens > room) {
                throw new InvalidRequestException(
                        Kind.OUT_OF_BOUNDS,
                        "texts[%d]".formatted(index),
                        "got %d tokens, expected at most %d beside this query; shorten it, or let it be truncated"
                                .formatted(tokens, room));
            }
        }
    }

    /** For a remote, if what the local model reads of the query is all of it. */
    private static RerankTask asText(RerankTask task, ReadQuery text, TextQuery query) {
        return text.isWhole()
                ? task.with(new RerankTask.Texts(query.text(), query.texts()::get, query.topK()))
                : task;
    }

    private static List<Candidate> candidates(TextQuery query) {
        return IntStream.range(0, query.texts().size())
                .mapToObj(index -> new Candidate(index, UNKNOWN_SIMILARITY))
                .toList();
    }

    private List<RankedText> ranked(TextQuery query, Reranking reranking) {
        double least = query.options().minScore();
        return rules.order(query.options()).of(candidates(query), reranking.outcomes()).stream()
                .filter(hit -> hit.score() >= least)
                .limit(query.topK())
                .map(TextReranker::ranked)
                .toList();
    }

    private static RankedText ranked(Placed hit) {
        return new RankedText(hit.index(), hit.score(), hit.stage(), hit.logit(), hit.reading());
    }
}
