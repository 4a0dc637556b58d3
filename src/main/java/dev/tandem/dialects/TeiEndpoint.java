package dev.tandem.dialects;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import dev.tandem.edge.Call;
import dev.tandem.edge.Endpoint;
import dev.tandem.edge.Problem;
import dev.tandem.edge.RankedTexts;
import dev.tandem.edge.Reply;
import dev.tandem.edge.RequestReader;
import dev.tandem.edge.TextService;
import dev.tandem.model.RankedText;
import dev.tandem.model.Stage;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code /rerank} of Text Embeddings Inference. Servers that took over Jina's shape have the same
 * path; a body with {@code documents} gets their answer.
 */
@ApplicationScoped
public class TeiEndpoint implements Endpoint {

    /** Log-odds are no number beyond. */
    private static final double LEAST = 1e-9;

    private final RequestReader reader = RequestReader.ofOthers();
    private final TextService service;

    TeiEndpoint(TextService service) {
        this.service = service;
    }

    /** One text; the answer is a bare array of them. */
    @RegisterForReflection
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Rank(int index, @Nullable String text, double score) {}

    /** Its error. */
    @RegisterForReflection
    record Refusal(String error, @JsonProperty("error_type") String errorType) {}

    @Override
    public Set<String> paths() {
        return Set.of("/rerank");
    }

    @Override
    public Uni<Reply> answer(Call call) {
        if (reader.read(call.body(), JsonNode.class).has("documents")) {
            RerankBody body = reader.read(call.body(), RerankBody.class);
            return service.rank(body.request(), call)
                    .map(ranked -> ranked.reply(RerankAnswer.jinas(body, ranked)));
        }
        TeiBody body = reader.read(call.body(), TeiBody.class);
        return service.rank(body.request(), call).map(ranked -> reply(body, ranked));
    }

    @Override
    public Reply refusal(Problem problem) {
        // An empty list is its own kind of error there, with another status.
        boolean empty =
                problem.violations().stream()
                        .anyMatch(
                                v ->
                                        v.field().equals("texts")
                                                && v.detail().startsWith("got none"));
        int status = empty ? 400 : problem.status();
        return Reply.error(
                status, Reply.JSON, new Refusal(problem.detail(), errorType(status, empty)));
    }

    private static String errorType(int status, boolean empty) {
        if (empty) {
            return "Empty";
        }
        return switch (status) {
            case 429 -> "Overloaded";
            case 503 -> "Unhealthy";
            case 500 -> "Backend";
            default -> "Validation";
        };
    }

    private static Reply reply(TeiBody body, RankedTexts ranked) {
        boolean raw = Boolean.TRUE.equals(body.rawScores());
        boolean texts = Boolean.TRUE.equals(body.returnText());
        List<Rank> ranks =
                ranked.ranking().texts().stream()
                        .map(
                                text ->
                                        new Rank(
                                                text.index(),
                                                texts ? text(ranked, text) : null,
                                                raw ? rawScore(text) : text.score()))
                        .toList();
        return timed(ranked.reply(ranks), ranked);
    }

    private static String text(RankedTexts ranked, RankedText text) {
        return ranked.query().texts().get(text.index());
    }

    /**
     * What the cross-encoder did not score has the log-odds of its score, which is below those that
     * it scored; a smaller one's logits are on another scale.
     */
    private static double rawScore(RankedText text) {
        Float logit = text.logit();
        if (logit != null && text.stage() == Stage.RERANK) {
            return logit;
        }
        double score = Math.clamp(text.score(), LEAST, 1 - LEAST);
        return Math.log(score / (1 - score));
    }

    /**
     * The headers of its own that have a meaning here: tokenizing and waiting are not told apart.
     */
    private static Reply timed(Reply reply, RankedTexts ranked) {
        var ranking = ranked.ranking();
        return reply.with("x-compute-type", ranking.device())
                .with("x-compute-time", millis(ranking.total()))
                .with("x-compute-characters", String.valueOf(characters(ranked)))
                .with("x-compute-tokens", String.valueOf(ranking.work().tokens()))
                .with("x-total-time", millis(ranking.total()))
                .with("x-inference-time", millis(ranking.work().measured()));
    }

    private static long characters(RankedTexts ranked) {
        var query = ranked.query();
        return query.text().length() + query.texts().stream().mapToLong(String::length).sum();
    }

    private static String millis(Duration duration) {
        return String.valueOf(duration.toMillis());
    }
}
