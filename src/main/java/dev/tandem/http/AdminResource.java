package dev.tandem.http;

import dev.tandem.edge.Problem;
import dev.tandem.retrieval.Reload;
import dev.tandem.retrieval.Reloader;
import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;

/** {@code /admin}, where it is enabled. */
@Path("/admin")
@Produces(MediaType.APPLICATION_JSON)
public class AdminResource {

    private final Reloader reloader;
    private final AdminConfig config;

    AdminResource(Reloader reloader, AdminConfig config) {
        this.reloader = reloader;
        this.config = config;
    }

    /** Waits until the new generation is open, while calls go on with the old one. */
    @POST
    @Path("/reload")
    @Consumes(MediaType.WILDCARD)
    @Blocking
    @Operation(summary = "Serve the generation that CURRENT names, now", operationId = "reload")
    @APIResponse(
            responseCode = "200",
            description = "The generation that serves, and whether it is another one than before",
            content = @Content(schema = @Schema(implementation = Reload.class)))
    @APIResponse(responseCode = "404", description = "tandem.admin.enabled is false")
    @APIResponse(
            responseCode = "503",
            description = "It does not open; the old one goes on serving",
            content =
                    @Content(
                            mediaType = Problems.MEDIA_TYPE,
                            schema = @Schema(implementation = Problem.class)))
    public Reload reload() {
        if (!config.enabled()) {
            throw new NotFoundException();
        }
        return reloader.reload();
    }
}
