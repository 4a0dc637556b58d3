package dev.tandem.http;

import io.smallrye.common.annotation.Blocking;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.Operation;

/** Texts that the caller brings, in the shapes of others. */
@Path("/")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.WILDCARD)
@Blocking
public class RerankResource {

    private final HttpDoor door;

    RerankResource(HttpDoor door) {
        this.door = door;
    }

    @POST
    @Path("/v2/rerank")
    @Operation(summary = "Rank documents, Cohere's API v2", operationId = "rerankCohere")
    public Uni<Response> cohere(byte[] body) {
        return door.post(body);
    }

    @POST
    @Path("/v1/rerank")
    @Operation(summary = "Rank documents, Jina's API and Cohere's v1", operationId = "rerankJina")
    public Uni<Response> jina(byte[] body) {
        return door.post(body);
    }

    @POST
    @Path("/rerank")
    @Operation(
            summary = "Rank texts, API of Text Embeddings Inference",
            operationId = "rerankTextEmbeddingsInference")
    public Uni<Response> textEmbeddingsInference(byte[] body) {
        return door.post(body);
    }

    @POST
    @Path("/v1/embeddings")
    @Operation(summary = "Turn texts into vectors, OpenAI's API", operationId = "embeddings")
    public Uni<Response> openAi(byte[] body) {
        return door.post(body);
    }
}
