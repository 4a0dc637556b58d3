package dev.tandem.http;

import dev.tandem.edge.Api;
import dev.tandem.edge.Call;
import dev.tandem.edge.Call.Target;
import dev.tandem.edge.Reply;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.RequestScoped;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.util.HashMap;
import java.util.Map;

/** Hands what comes over HTTP to the one place that answers, and its answer back. */
@RequestScoped
class HttpDoor {

    private final Api api;
    private final UriInfo uri;
    private final HttpHeaders headers;

    HttpDoor(Api api, UriInfo uri, HttpHeaders headers) {
        this.api = api;
        this.uri = uri;
        this.headers = headers;
    }

    Uni<Response> get() {
        return answer("GET", new byte[0]);
    }

    Uni<Response> post(byte[] body) {
        return answer("POST", body);
    }

    private Uni<Response> answer(String method, byte[] body) {
        Map<String, String> first = new HashMap<>();
        headers.getRequestHeaders().forEach((name, values) -> first.put(name, values.getFirst()));
        var target = new Target(method, uri.getPath(), uri.getQueryParameters());
        return api.answer(new Call(target, first, body, null)).map(HttpDoor::response);
    }

    static Response response(Reply reply) {
        var response = Response.status(reply.status()).type(reply.contentType());
        reply.headers().forEach(response::header);
        return response.entity(reply.body()).build();
    }
}
