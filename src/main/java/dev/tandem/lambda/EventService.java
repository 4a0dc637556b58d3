package dev.tandem.lambda;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tandem.edge.Api;
import dev.tandem.edge.ApiKeys;
import dev.tandem.edge.Problem;
import dev.tandem.edge.Reply;
import dev.tandem.edge.SearchAnswer;
import dev.tandem.edge.SearchRequest;
import dev.tandem.edge.SearchService;
import dev.tandem.edge.SecurityHeaders;
import dev.tandem.model.InvalidRequestException;
import dev.tandem.retrieval.Reloader;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.util.LinkedHashMap;
import java.util.Map;

/** What is done for each kind of event, within the invocation's time. */
@Singleton
class EventService {

    private final SearchService searches;
    private final Api api;
    private final ApiKeys keys;
    private final Reloader reloader;
    private final EmbeddedMetrics metrics;
    private final ObjectMapper json;

    EventService(
            SearchService searches,
            Api api,
            ApiKeys keys,
            Reloader reloader,
            EmbeddedMetrics metrics,
            ObjectMapper json) {
        this.searches = searches;
        this.api = api;
        this.keys = keys;
        this.reloader = reloader;
        this.metrics = metrics;
        this.json = json;
    }

    Uni<Object> search(SearchRequest request) {
        look();
        return searches.search(request, Invocation.deadline())
                .invoke(answer -> metrics.tell(answer, Invocation.requestId()))
                .map(answer -> answer);
    }

    Uni<Object> answer(Envelope envelope) {
        look();
        if (!keys.admit(envelope.header("Authorization"), envelope.header("X-Api-Key"))) {
            return Uni.createFrom()
                    .item(wrapped(api.refusal(envelope.rawPath(), Problem.unauthorized())));
        }
        try {
            return api.answer(envelope.call(Invocation.deadline()))
                    .invoke(this::tell)
                    .map(this::wrapped);
        } catch (InvalidRequestException e) {
            return Uni.createFrom().item(wrapped(api.refusal(envelope.rawPath(), Problem.of(e))));
        }
    }

    /** A search, so that all that a search needs is at hand for the next one. */
    Uni<Object> warm() {
        look();
        return searches.warm(Invocation.deadline())
                .map(
                        answer ->
                                new Warm.Answer(
                                        true,
                                        answer.generation(),
                                        answer.device(),
                                        answer.timings().totalMs()));
    }

    /** Between invocations Lambda freezes the thread that looks for new generations. */
    private void look() {
        reloader.lookIfDue();
    }

    private void tell(Reply reply) {
        if (reply.body() instanceof SearchAnswer answer) {
            metrics.tell(answer, Invocation.requestId());
        }
    }

    private Object wrapped(Reply reply) {
        Map<String, String> headers = new LinkedHashMap<>(SecurityHeaders.ALL);
        headers.putAll(reply.headers());
        headers.put("Content-Type", reply.contentType());
        try {
            String body = json.writeValueAsString(reply.body());
            return new EnvelopeReply(reply.status(), headers, body, false);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("An answer has its JSON. This is a bug.", e);
        }
    }
}
