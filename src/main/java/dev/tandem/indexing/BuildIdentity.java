package dev.tandem.indexing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tandem.index.IndexManifest.GraphParameters;
import dev.tandem.model.IndexException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a build is made of. A stopped build can go on only if nothing of it has changed.
 *
 * @param source checksum of the corpus
 * @param biEncoder fingerprint
 * @param tokenizer fingerprint of the cross-encoder's
 * @param vectors how the records hold vectors
 * @param graph parameters of the graph
 */
record BuildIdentity(
        String source,
        String biEncoder,
        String tokenizer,
        VectorEncoding vectors,
        GraphParameters graph) {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final String FILE = "build.json";

    /** Writes it for a later build, or compares it with what an earlier build wrote. */
    void checkIn(Path work) throws IOException {
        Path file = work.resolve(FILE);
        if (Files.exists(file)) {
            compare(read(file));
        } else {
            Files.createDirectories(work);
            Path next = work.resolve(FILE + ".next");
            JSON.writeValue(next.toFile(), this);
            Files.move(next, file);
        }
    }

    private static BuildIdentity read(Path file) throws IOException {
        try {
            return JSON.readValue(file.toFile(), BuildIdentity.class);
        } catch (JsonProcessingException e) {
            throw new IndexException(
                    "Cannot resume: %s is damaged: %s. Start without --resume."
                            .formatted(file, e.getOriginalMessage()),
                    e);
        }
    }

    private void compare(BuildIdentity stopped) {
        List<String> changed = new ArrayList<>();
        note(changed, "the corpus", source.equals(stopped.source));
        note(changed, "the bi-encoder", biEncoder.equals(stopped.biEncoder));
        note(changed, "the cross-encoder's tokenizer", tokenizer.equals(stopped.tokenizer));
        note(changed, "--vectors", vectors == stopped.vectors);
        note(changed, "the graph's parameters", graph.equals(stopped.graph));
        if (!changed.isEmpty()) {
            throw new IndexException(
                    "Cannot resume: %s changed since the build was stopped. Start without --resume."
                            .formatted(String.join(", ", changed)));
        }
    }

    private static void note(List<String> changed, String what, boolean same) {
        if (!same) {
            changed.add(what);
        }
    }
}
