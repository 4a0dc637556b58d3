package dev.tandem.http;

import dev.tandem.edge.Problem;
import dev.tandem.model.SearchException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Errors as problem details; nothing of the host's inside reaches a caller. */
public class Problems {

    static final String MEDIA_TYPE = "application/problem+json";

    private static final Logger LOG = Logger.getLogger(Problems.class);

    @ServerExceptionMapper
    Response searchException(SearchException e) {
        Problem problem = Problem.of(e);
        if (problem.status() >= 500) {
            LOG.error("Request failed", e);
        }
        return response(problem);
    }

    @ServerExceptionMapper
    Response httpException(WebApplicationException e) {
        var status = e.getResponse().getStatusInfo();
        return response(Problem.ofHttp(status.getStatusCode(), status.getReasonPhrase()));
    }

    @ServerExceptionMapper
    Response unexpected(Exception e) {
        LOG.error("Request failed unexpectedly. This is a bug.", e);
        return response(Problem.unexpected());
    }

    private static Response response(Problem problem) {
        var response = Response.status(problem.status()).type(MEDIA_TYPE).entity(problem);
        if (problem.status() == Response.Status.TOO_MANY_REQUESTS.getStatusCode()) {
            response.header(HttpHeaders.RETRY_AFTER, 1);
        }
        return response.build();
    }
}
