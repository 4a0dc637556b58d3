package dev.tandem.dialects;

import dev.tandem.edge.Call;
import dev.tandem.edge.Endpoint;
import dev.tandem.edge.Problem;
import dev.tandem.edge.RankedTexts;
import dev.tandem.edge.Reply;
import dev.tandem.edge.RequestReader;
import dev.tandem.edge.TextService;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Set;
import java.util.UUID;

/**
 * {@code /v1/rerank}, where Cohere's first API and Jina's collide. They are told apart by what only
 * one of them sends; who could be either gets the fields of both.
 */
@ApplicationScoped
public class SharedRerankEndpoint implements Endpoint {

    private final RequestReader reader = RequestReader.ofOthers();
    private final TextService service;

    SharedRerankEndpoint(TextService service) {
        this.service = service;
    }

    /** Cohere reads the message, Jina the detail. */
    @RegisterForReflection
    record Refusal(String id, String message, String detail) {}

    @Override
    public Set<String> paths() {
        return Set.of("/v1/rerank");
    }

    @Override
    public Uni<Reply> answer(Call call) {
        RerankBody body = reader.read(call.body(), RerankBody.class);
        return service.rank(body.request(), call).map(ranked -> ranked.reply(shaped(body, ranked)));
    }

    @Override
    public Reply refusal(Problem problem) {
        return Reply.error(
                problem.status(),
                Reply.JSON,
                new Refusal(UUID.randomUUID().toString(), problem.detail(), problem.detail()));
    }

    private static RerankAnswer shaped(RerankBody body, RankedTexts ranked) {
        if (body.isJinas()) {
            return RerankAnswer.jinas(body, ranked);
        }
        return body.isCoheres()
                ? RerankAnswer.coheres(body, ranked, "1")
                : RerankAnswer.both(body, ranked);
    }
}
