package dev.tandem.retrieval;

import dev.tandem.candidates.CandidatesConfig;
import dev.tandem.index.Memory;
import dev.tandem.rerank.RerankConfig;
import dev.tandem.rerank.ScoreCache;

/**
 * How an engine works.
 *
 * @param memory what of the index is held in memory
 * @param cache of the cross-encoder's scores; stays open when the engine is closed
 */
public record EngineSettings(
        CandidatesConfig candidates, RerankConfig rerank, Memory memory, ScoreCache cache) {}
