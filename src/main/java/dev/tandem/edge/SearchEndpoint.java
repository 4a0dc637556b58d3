package dev.tandem.edge;

import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code /v1/search}, our own shape. */
@ApplicationScoped
public class SearchEndpoint implements Endpoint {

    private static final String GET = "GET";

    private final RequestReader reader = new RequestReader();
    private final SearchService service;

    SearchEndpoint(SearchService service) {
        this.service = service;
    }

    @Override
    public Set<String> paths() {
        return Set.of("/v1/search");
    }

    @Override
    public Set<String> methods() {
        return Set.of(GET, "POST");
    }

    @Override
    public Uni<Reply> answer(Call call) {
        SearchRequest request = read(call);
        // Whether the body's own is within bounds is told with all else that is wrong.
        Integer header = Requests.budgetMs(null, call);
        Integer budget = shorter(request.budgetMs(), header);
        return service.search(request.within(budget), call.platformEnd())
                .map(answer -> Reply.of(answer).covering(answer.coverage()));
    }

    @Override
    public Reply refusal(Problem problem) {
        return Reply.problem(problem);
    }

    private SearchRequest read(Call call) {
        return call.target().method().equals(GET)
                ? UrlRequest.read(call.target().query())
                : reader.read(call.body(), SearchRequest.class);
    }

    private static @Nullable Integer shorter(@Nullable Integer one, @Nullable Integer other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return Math.min(one, other);
    }
}
