package dev.tandem.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tandem.edge.Api;
import dev.tandem.edge.Problem;
import dev.tandem.edge.Reply;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;

/** Answers before the body is read, in the shape that callers of the path know. */
@Singleton
class EarlyReply {

    private final Api api;
    private final ObjectMapper json;

    EarlyReply(Api api, ObjectMapper json) {
        this.api = api;
        this.json = json;
    }

    void refuse(RoutingContext context, Problem problem) {
        Reply reply = api.refusal(context.normalizedPath(), problem);
        var response = context.response().setStatusCode(reply.status());
        response.putHeader(HttpHeaderNames.CONTENT_TYPE, reply.contentType());
        reply.headers().forEach(response::putHeader);
        // Reads and forgets the body: who is cut off while sending does not see the answer.
        context.request().resume();
        response.end(text(reply));
    }

    private String text(Reply reply) {
        try {
            return json.writeValueAsString(reply.body());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A problem has its JSON. This is a bug.", e);
        }
    }
}
