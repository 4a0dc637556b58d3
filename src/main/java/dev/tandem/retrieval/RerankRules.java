package dev.tandem.retrieval;

import dev.tandem.index.IndexManifest;
import dev.tandem.model.Candidate;
import dev.tandem.model.LongPassages;
import dev.tandem.model.Order;
import dev.tandem.model.Query;
import dev.tandem.model.RerankOptions;
import dev.tandem.model.TextReading;
import dev.tandem.model.TextReading.LongTexts;
import dev.tandem.onnx.ModelCard;
import dev.tandem.onnx.TextTokenizer;
import dev.tandem.rerank.Chunks;
import dev.tandem.rerank.Convergence;
import dev.tandem.rerank.PassageCut;
import dev.tandem.rerank.RerankConfig;
import dev.tandem.rerank.RerankTask;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What stage 2 does for a query: as the query asks, else as its index says, else as configured. */
final class RerankRules {

    private final RerankConfig config;
    private final TextTokenizer tokenizer;
    private final Scales large;
    private final @Nullable Scales small;
    private final LongPassages longPassages;

    /**
     * How a cross-encoder's logits become scores.
     *
     * @param alone without the similarity
     * @param blend with it, as far as the model's card knows the index's bi-encoder
     */
    private record Scales(ScoreBlend alone, ScoreBlend blend) {

        static Scales of(ModelCard card, @Nullable IndexManifest index) {
            ScoreBlend alone = ScoreBlend.replace(card.activation());
            return new Scales(
                    alone,
                    index == null ? alone : ScoreBlend.ofCard(card, index.biEncoder().name()));
        }
    }

    private RerankRules(
            RerankConfig config,
            TextTokenizer tokenizer,
            Cards cards,
            @Nullable IndexManifest index) {
        this.config = config;
        this.tokenizer = tokenizer;
        ModelCard ofSmall = cards.small();
        large = Scales.of(cards.large(), index);
        small = ofSmall == null ? null : Scales.of(ofSmall, index);
        longPassages =
                Optional.ofNullable(index)
                        .flatMap(its -> LongPassages.named(its.crossEncoder().longPassages()))
                        .orElse(config.longPassages());
    }

    /**
     * The models' cards.
     *
     * @param small of the small cross-encoder of a cascade; null without one
     */
    record Cards(ModelCard large, @Nullable ModelCard small) {}

    /** For texts without an index and its similarities. */
    static RerankRules ofTexts(RerankConfig config, TextTokenizer tokenizer, Cards cards) {
        return new RerankRules(config, tokenizer, cards, null);
    }

    /** For the passages of an index. */
    static RerankRules ofIndex(
            RerankConfig config, TextTokenizer tokenizer, Cards cards, IndexManifest index) {
        return new RerankRules(config, tokenizer, cards, index);
    }

    /**
     * @throws dev.tandem.model.InvalidRequestException if it is too long, and such are refused
     */
    ReadQuery read(String query) {
        return ReadQuery.of(query, tokenizer, config.longQuery());
    }

    PassageCut cut(RerankOptions options) {
        LongPassages asked = options.longPassages();
        return switch (asked == null ? longPassages : asked) {
            case HEAD -> PassageCut.HEAD;
            case CHUNK_MAX -> chunks(config.maxChunks());
            case BEST_PASSAGE -> chunks(1);
        };
    }

    /** The same for texts that a caller brings. */
    PassageCut cut(RerankOptions options, TextReading reading) {
        Integer chunks = reading.maxChunks();
        PassageCut cut;
        if (reading.longTexts() == LongTexts.END) {
            cut = PassageCut.TAIL;
        } else if (chunks == null) {
            cut = cut(options);
        } else {
            cut = chunks == 1 ? PassageCut.HEAD : chunks(Math.min(chunks, config.maxChunks()));
        }
        Integer most = reading.maxTokens();
        return most == null ? cut : cut.within(most);
    }

    private PassageCut chunks(int most) {
        return new Chunks(most, tokenizer);
    }

    StageOrder order(RerankOptions options) {
        Scales ofSmall = small == null ? large : small;
        return switch (orderOf(options)) {
            case BLEND -> StageOrder.of(large.blend(), ofSmall.blend());
            case REPLACE -> StageOrder.of(large.alone(), ofSmall.alone());
            case RRF -> StageOrder.ofPlaces();
        };
    }

    /**
     * The same task, of which a small cross-encoder may say what the large one reads first: what it
     * would put first itself. Under {@link Order#RRF} too, whose places are those of the candidates
     * that were read.
     *
     * @param candidates in the order of the task
     */
    RerankTask cascading(RerankTask task, RerankOptions options, List<Candidate> candidates) {
        if (small == null) {
            return task;
        }
        ScoreBlend its = orderOf(options) == Order.REPLACE ? small.alone() : small.blend();
        return task.with((index, logit) -> its.strength(logit, candidates.get(index).similarity()));
    }

    /**
     * When scoring may end early: never, unless that is asked for; nor under {@link Order#RRF}, by
     * which a place is worth more the more candidates are scored.
     */
    Convergence convergence(Query query, List<Candidate> candidates) {
        Boolean asked = query.options().earlyStop();
        boolean early = asked == null ? config.earlyStop() : asked;
        if (!early) {
            return Convergence.NEVER;
        }
        return switch (orderOf(query.options())) {
            case BLEND -> new TopSettled(candidates, large.blend(), query.topK());
            case REPLACE -> new TopSettled(candidates, large.alone(), query.topK());
            case RRF -> Convergence.NEVER;
        };
    }

    private Order orderOf(RerankOptions options) {
        Order asked = options.order();
        return asked == null ? config.order() : asked;
    }
}
