package dev.tandem.retrieval;

import dev.tandem.candidates.BiEncoder;
import dev.tandem.candidates.JVectorCandidateSearcher;
import dev.tandem.candidates.WalkLimits;
import dev.tandem.index.Generation;
import dev.tandem.index.IndexManifest;
import dev.tandem.model.Candidate;
import dev.tandem.model.Deadline;
import dev.tandem.model.IndexException;
import dev.tandem.model.Numerics;
import dev.tandem.onnx.ModelCard;
import dev.tandem.onnx.TextTokenizer;
import dev.tandem.rerank.DeadlineTimer;
import dev.tandem.rerank.DeviceChoice;
import dev.tandem.rerank.Reranker;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** A retriever with all that it stands on: models, one open generation, threads. */
public final class SearchEngine implements AutoCloseable {

    private static final int IDLE_SECONDS = 10;

    /** Candidates of a search that only looks whether searches work. */
    private static final int PROBED = 10;

    private final Generation generation;
    private final BiEncoder encoder;
    private final String crossEncoderName;
    private final String cascade;
    private final Numerics numerics;
    private final DeviceChoice deviceAsked;
    private final JVectorCandidateSearcher searcher;
    private final Passages passages;
    private final Reranker reranker;
    private final DeadlineTimer timer = DeadlineTimer.start();
    private final ExecutorService threads = threads();
    private final StorageHealth health = new StorageHealth(System::nanoTime);
    private final TwoStageRetriever retriever;
    private final TextReranker texts;

    private SearchEngine(Models models, Generation generation, EngineSettings settings) {
        this.generation = generation;
        encoder = models.biEncoder();
        var crossEncoder = models.crossEncoder();
        crossEncoderName = crossEncoder.card().name();
        ModelCard ofSmall = models.cards().small();
        cascade = ofSmall == null ? "off" : ofSmall.name();
        numerics = crossEncoder.numerics();
        deviceAsked = settings.rerank().device();
        IndexManifest manifest = generation.manifest();
        searcher =
                JVectorCandidateSearcher.open(
                        generation.folder(),
                        manifest.passages(),
                        manifest.dimension(),
                        settings.candidates().oversampling(),
                        settings.memory());
        passages = openPassages(generation, crossEncoder.tokenizer());
        reranker =
                new Reranker(
                        models.scorer(),
                        settings.cache(),
                        timer,
                        settings.rerank().concurrency().orElse(models.scorer().concurrency()),
                        models.helpers());
        var stages =
                new Stages(
                        encoder,
                        searcher,
                        settings.candidates(),
                        passages,
                        reranker,
                        timer,
                        threads,
                        health);
        var cards = models.cards();
        var tokenizer = crossEncoder.tokenizer();
        var config = settings.rerank();
        retriever =
                new TwoStageRetriever(
                        stages, RerankRules.ofIndex(config, tokenizer, cards, manifest));
        texts =
                new TextReranker(
                        reranker, tokenizer, RerankRules.ofTexts(config, tokenizer, cards));
    }

    /** As many threads as are needed at a time: they wait for storage. */
    private static ExecutorService threads() {
        return new ThreadPoolExecutor(
                0,
                Integer.MAX_VALUE,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new SynchronousQueue<>(),
                Thread.ofPlatform().daemon().name("search-", 0).factory());
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
    public static SearchEngine open(Models models, Generation generation, EngineSettings settings) {
        checkBiEncoder(models, generation);
        return new SearchEngine(models, generation, settings);
    }

    /** Stage 2 alone, over texts that the caller brings. */
    public TextReranker texts() {
        return texts;
    }

    /**
     * A text as the bi-encoder sees it.
     *
     * @param query whether it is a query; a passage otherwise
     */
    public EncodedText encode(String text, boolean query) {
        float[] vector = query ? encoder.encodeQuery(text) : encoder.encodePassage(text);
        return new EncodedText(vector, encoder.tokens(text));
    }

    /** Length of the vectors. */
    public int dimension() {
        return encoder.dimension();
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

    /** Name of the small cross-encoder that reads before it; {@code off} without one. */
    public String cascade() {
        return cascade;
    }

    /** How this host computes the cross-encoder's scores. */
    public Numerics numerics() {
        return numerics;
    }

    /** What the cross-encoder runs on at the moment. */
    public String device() {
        return reranker.device();
    }

    /** What its calls and probes meet on the storage. */
    StorageHealth health() {
        return health;
    }

    /**
     * Reads a little of what calls read, here and there.
     *
     * @throws IndexException if that cannot be read
     */
    void probe() {
        int ordinal = ThreadLocalRandom.current().nextInt(passages());
        searcher.probe(ordinal);
        passages.tokenIds(ordinal);
        passages.passage(ordinal);
    }

    /**
     * Searches for something, and reads all that an answer would need.
     *
     * @throws IndexException if that cannot be read
     */
    void probeSearch() {
        var limits = new WalkLimits(Deadline.after(StorageHealth.HANGING), Integer.MAX_VALUE);
        for (Candidate hit : searcher.search(anyVector(), PROBED, null, limits).list()) {
            passages.tokenIds(hit.ordinal());
            passages.passage(hit.ordinal());
        }
    }

    /** Of norm 1. */
    private float[] anyVector() {
        float[] vector = new float[generation.manifest().dimension()];
        double squares = 0;
        for (int i = 0; i < vector.length; i++) {
            vector[i] = (float) ThreadLocalRandom.current().nextGaussian();
            squares += vector[i] * vector[i];
        }
        for (int i = 0; i < vector.length; i++) {
            vector[i] /= (float) Math.sqrt(squares);
        }
        return vector;
    }

    /** What it was asked to run on: {@code cpu}, {@code cuda} or {@code auto}. */
    public String deviceAsked() {
        return deviceAsked.toString();
    }

    /** Waits for the work that has begun, which reads passages, and closes all. */
    @Override
    public void close() {
        try (passages;
                searcher;
                timer;
                threads) {
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
}
