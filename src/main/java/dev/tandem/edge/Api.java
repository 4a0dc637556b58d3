package dev.tandem.edge;

import dev.tandem.model.SearchException;
import dev.tandem.model.UnavailableException;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Instance;
import java.util.HashMap;
import java.util.Map;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * All that callers may ask for, by path. Every door hands its calls to this one place, so that the
 * same call gets the same answer wherever it comes in.
 */
@ApplicationScoped
public class Api {

    private static final Logger LOG = Logger.getLogger(Api.class);

    private final Map<String, Endpoint> byPath = new HashMap<>();

    Api(Instance<Endpoint> endpoints) {
        for (Endpoint endpoint : endpoints) {
            for (String path : endpoint.paths()) {
                if (byPath.put(path, endpoint) != null) {
                    throw new IllegalStateException("Two answer at " + path + ". This is a bug.");
                }
            }
        }
    }

    /** Never fails: what goes wrong is told in the shape of the path. */
    public Uni<Reply> answer(Call call) {
        Endpoint endpoint = byPath.get(call.target().path());
        if (endpoint == null) {
            return Uni.createFrom().item(shaped(null, Problem.ofHttp(404, "Not Found")));
        }
        if (!endpoint.methods().contains(call.target().method())) {
            return Uni.createFrom()
                    .item(shaped(endpoint, Problem.ofHttp(405, "Method Not Allowed")));
        }
        return Uni.createFrom()
                .deferred(() -> endpoint.answer(call))
                .onFailure()
                .recoverWithItem(e -> shaped(endpoint, problem(e)));
    }

    /** An error as callers of the path know errors. */
    public Reply refusal(String path, Problem problem) {
        return shaped(byPath.get(path), problem);
    }

    private static Reply shaped(@Nullable Endpoint endpoint, Problem problem) {
        return endpoint == null ? Reply.problem(problem) : endpoint.refusal(problem);
    }

    private static Problem problem(Throwable e) {
        if (e instanceof SearchException known) {
            Problem problem = Problem.of(known);
            boolean passes = known instanceof UnavailableException;
            if (problem.status() >= 500 && !passes) {
                LOG.error("Request failed", e);
            }
            return problem;
        }
        LOG.error("Request failed unexpectedly. This is a bug.", e);
        return Problem.unexpected();
    }
}
