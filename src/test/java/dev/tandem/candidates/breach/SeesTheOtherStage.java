package dev.tandem.candidates.breach;

import dev.tandem.rerank.CrossEncoder;
import dev.tandem.retrieval.SearchEngine;
import io.smallrye.mutiny.Uni;
import java.util.Objects;

/** Breaks rules of ArchitectureTest, which shows with it that they catch a breach. */
final class SeesTheOtherStage {
    private final CrossEncoder crossEncoder;

    SeesTheOtherStage(CrossEncoder crossEncoder) {
        this.crossEncoder = crossEncoder;
    }

    String upwards(SearchEngine engine) {
        return engine.crossEncoder() + crossEncoder.device();
    }

    long elsewhere(picocli.CommandLine command, org.apache.lucene.util.BytesRef bytes) {
        return Objects.hash(command.getCommandName(), bytes.length, System.getenv("HOME"))
                + System.currentTimeMillis();
    }

    int waiting(Uni<Integer> later) {
        if (later == null) {
            throw new RuntimeException("bare");
        }
        return later.await().indefinitely();
    }
}
