package dev.tandem.http;

import dev.tandem.edge.Problem;
import dev.tandem.edge.RequestReader;
import dev.tandem.edge.SearchAnswer;
import dev.tandem.edge.SearchRequest;
import dev.tandem.edge.SearchService;
import io.smallrye.common.annotation.Blocking;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.jspecify.annotations.Nullable;

/** {@code /v1/search}. */
@Path("/v1/search")
@Produces(MediaType.APPLICATION_JSON)
public class SearchResource {

    private final RequestReader reader = new RequestReader();
    private final SearchService service;

    SearchResource(SearchService service) {
        this.service = service;
    }

    /** Takes any content type: {@code curl -d} sends JSON as a form unless told otherwise. */
    @POST
    @Consumes(MediaType.WILDCARD)
    @Blocking
    @Operation(summary = "Search in two stages", operationId = "search")
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = SearchRequest.class)))
    @APIResponse(
            responseCode = "200",
            description = "The best ranking that the budget allowed, and how much was done",
            content = @Content(schema = @Schema(implementation = SearchAnswer.class)))
    @APIResponse(
            responseCode = "400",
            description = "The body cannot be read",
            content =
                    @Content(
                            mediaType = Problems.MEDIA_TYPE,
                            schema = @Schema(implementation = Problem.class)))
    @APIResponse(responseCode = "413", description = "The query is too long")
    @APIResponse(responseCode = "422", description = "A value is out of bounds")
    @APIResponse(responseCode = "503", description = "The index is not open")
    public Uni<SearchAnswer> post(byte[] body) {
        return service.search(reader.read(body, SearchRequest.class));
    }

    @GET
    @Blocking
    @Operation(summary = "Search in two stages, by URL", operationId = "searchByUrl")
    public Uni<SearchAnswer> get(
            @Parameter(description = "What is searched for", required = true) @QueryParam("q")
                    @Nullable String query,
            @Parameter(description = "Passages in the answer") @QueryParam("topK")
                    @Nullable String topK,
            @Parameter(description = "Candidates of stage 1") @QueryParam("candidateCount")
                    @Nullable String candidateCount,
            @Parameter(description = "Milliseconds in which the answer is due")
                    @QueryParam("budgetMs")
                    @Nullable String budgetMs) {
        return service.search(
                new SearchRequest(
                        query,
                        WholeNumber.parse("topK", topK),
                        WholeNumber.parse("candidateCount", candidateCount),
                        WholeNumber.parse("budgetMs", budgetMs)));
    }
}
