package dev.tandem.http;

import dev.tandem.edge.Problem;
import dev.tandem.edge.SearchAnswer;
import dev.tandem.edge.SearchRequest;
import io.smallrye.common.annotation.Blocking;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;

/** {@code /v1/search}. */
@Path("/v1/search")
@Produces(MediaType.APPLICATION_JSON)
public class SearchResource {

    private final HttpDoor door;

    SearchResource(HttpDoor door) {
        this.door = door;
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
    @APIResponse(responseCode = "429", description = "As many are being answered as may be")
    @APIResponse(responseCode = "503", description = "The index is not open")
    public Uni<Response> post(byte[] body) {
        return door.post(body);
    }

    @GET
    @Blocking
    @Operation(summary = "Search in two stages, by URL", operationId = "searchByUrl")
    @Parameter(
            name = "q",
            in = ParameterIn.QUERY,
            required = true,
            description = "What is searched for",
            schema = @Schema(type = SchemaType.STRING))
    @Parameter(
            name = "topK",
            in = ParameterIn.QUERY,
            description = "Passages in the answer, 1 to 1000",
            schema = @Schema(type = SchemaType.INTEGER))
    @Parameter(
            name = "candidateCount",
            in = ParameterIn.QUERY,
            description = "Candidates of stage 1, 50 to 1000",
            schema = @Schema(type = SchemaType.INTEGER))
    @Parameter(
            name = "budgetMs",
            in = ParameterIn.QUERY,
            description = "Milliseconds in which the answer is due",
            schema = @Schema(type = SchemaType.INTEGER))
    @Parameter(
            name = "filter",
            in = ParameterIn.QUERY,
            description = SearchRequest.FILTER + "; as JSON",
            example = "{\"topic\": \"network\", \"words\": {\"lt\": 80}}",
            schema = @Schema(type = SchemaType.STRING))
    @Parameter(
            name = "order",
            in = ParameterIn.QUERY,
            description = "How the two stages make one order",
            schema =
                    @Schema(
                            type = SchemaType.STRING,
                            enumeration = {"blend", "replace", "rrf"}))
    @Parameter(
            name = "longPassages",
            in = ParameterIn.QUERY,
            description = "What is read of passages longer than the cross-encoder reads at once",
            schema =
                    @Schema(
                            type = SchemaType.STRING,
                            enumeration = {"head", "chunkMax", "bestPassage"}))
    @Parameter(
            name = "minScore",
            in = ParameterIn.QUERY,
            description = "Hits with a lower score are left out",
            schema = @Schema(type = SchemaType.NUMBER))
    @Parameter(
            name = "earlyStop",
            in = ParameterIn.QUERY,
            description = "Whether scoring ends when more of it is unlikely to change the topK",
            schema = @Schema(type = SchemaType.BOOLEAN))
    @APIResponse(
            responseCode = "200",
            description = "The best ranking that the budget allowed, and how much was done",
            content = @Content(schema = @Schema(implementation = SearchAnswer.class)))
    public Uni<Response> get() {
        return door.get();
    }
}
