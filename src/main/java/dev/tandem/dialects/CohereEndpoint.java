package dev.tandem.dialects;

import dev.tandem.edge.Call;
import dev.tandem.edge.Endpoint;
import dev.tandem.edge.Problem;
import dev.tandem.edge.Reply;
import dev.tandem.edge.RequestReader;
import dev.tandem.edge.TextService;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Set;
import java.util.UUID;

/** Cohere's {@code /v2/rerank}. */
@ApplicationScoped
public class CohereEndpoint implements Endpoint {

    private final RequestReader reader = RequestReader.ofOthers();
    private final TextService service;

    CohereEndpoint(TextService service) {
        this.service = service;
    }

    /** Cohere's error. */
    @RegisterForReflection
    record Refusal(String id, String message) {}

    @Override
    public Set<String> paths() {
        return Set.of("/v2/rerank");
    }

    @Override
    public Uni<Reply> answer(Call call) {
        RerankBody body = reader.read(call.body(), RerankBody.class);
        return service.rank(body.request(), call)
                .map(ranked -> ranked.reply(RerankAnswer.coheres(body, ranked, "2")));
    }

    @Override
    public Reply refusal(Problem problem) {
        return Reply.error(
                problem.status(),
                Reply.JSON,
                new Refusal(UUID.randomUUID().toString(), problem.detail()));
    }
}
