package dev.tandem.retrieval;

import dev.tandem.candidates.CandidatesConfig;
import dev.tandem.candidates.JVectorCandidateSearcher;
import dev.tandem.index.Generation;
import dev.tandem.index.IndexManifest;
import dev.tandem.index.Memory;
import dev.tandem.model.IndexException;
import dev.tandem.onnx.TextTokenizer;
import dev.tandem.rerank.RerankConfig;
import dev.tandem.rerank.RerankConfig.Order;
import dev.tandem.rerank.Reranker;

/** A retriever with all that it stands on: models, one open generation, threads. */
public final class SearchEngine implements AutoCloseable {

    private final Generation generation;
    private final String crossEncoderName;
    private final JVectorCandidateSearcher searcher;
    private final Passages passages;
    private final Reranker reranker;
    private final TwoStageRetriever retriever;

    private SearchEngine(
            Models models,
            Generation generation,
            CandidatesConfig candidatesConfig,
            Memory memory,
            RerankConfig rerankConfig) {
        this.generation = generation;
        crossEncoderName = models.crossEncoder().card().name();
        IndexManifest manifest = generation.manifest();
        var tokenizer = models.crossEncoder().tokenizer();
        searcher =
                JVectorCandidateSearcher.open(
                        generation.folder(),
                        manifest.passages(),
                        manifest.dimension(),
                        candidatesConfig.oversampling(),
                        memory);
        passages = openPassages(generation, tokenizer);
        var crossEncoder = models.crossEncoder();
        reranker =
                new Reranker(
                        crossEncoder,
                        tokenizer,
                        rerankConfig.concurrency().orElse(crossEncoder.concurrency()));
        var order = new StageOrder(blend(models, rerankConfig.order()));
        retriever =
                new TwoStageRetriever(
                        models.biEncoder(),
                        tokenizer,
                        searcher,
                        passages,
                        reranker,
                        order,
                        candidatesConfig);
    }

    /** Closes the graph too if the passages cannot be opened, for whatever reason. */
    private Passages openPassages(Generation opening, TextTokenizer tokenizer) {
        boolean opened = false;
        try {
            Passages its = Passages.open(opening, tokenizer);
            opened = true;
            return its;
        } finally {
            if (!opened) {
                searcher.close();
            }
        }
    }

    /**
     * @param models stay the caller's to close, after the engine
     * @throws IndexException if the generation is damaged, or another bi-encoder made it
     */
    public static SearchEngine open(
            Models models,
            Generation generation,
            CandidatesConfig candidatesConfig,
            Memory memory,
            RerankConfig rerankConfig) {
        checkBiEncoder(models, generation);
        return new SearchEngine(models, generation, candidatesConfig, memory, rerankConfig);
    }

    public TwoStageRetriever retriever() {
        return retriever;
    }

    public Generation generation() {
        return generation;
    }

    /** Name of the bi-encoder. */
    public String biEncoder() {
        return generation.manifest().biEncoder().name();
    }

    /** Number of passages in the generation. */
    public int passages() {
        return generation.manifest().passages();
    }

    /** Id of the generation. */
    public String generationId() {
        return generation.id();
    }

    /** Name of the cross-encoder. */
    public String crossEncoder() {
        return crossEncoderName;
    }

    /** What the cross-encoder runs on. */
    public String device() {
        return reranker.device();
    }

    /** Waits for the runs that have begun, which read passages, and closes all. */
    @Override
    public void close() {
        try (passages;
                searcher) {
            reranker.close();
        }
    }

    private static void checkBiEncoder(Models models, Generation generation) {
        var wanted = generation.manifest().biEncoder();
        var got = models.biEncoder();
        if (!wanted.fingerprint().equals(got.fingerprint())) {
            throw new IndexException(
                    "The index generation %s was built with the bi-encoder %s (fingerprint %.12s); the one in use is %s (fingerprint %.12s). Set tandem.models.bi-encoder to the one it was built with, or build the index again."
                            .formatted(
                                    generation.folder(),
                                    wanted.name(),
                                    wanted.fingerprint(),
                                    got.name(),
                                    got.fingerprint()));
        }
    }

    private static ScoreBlend blend(Models models, Order order) {
        var card = models.crossEncoder().card();
        return order == Order.BLEND
                ? ScoreBlend.ofCard(card, models.biEncoder().name())
                : ScoreBlend.replace(card.activation());
    }
}
