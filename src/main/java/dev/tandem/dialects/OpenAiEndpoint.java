package dev.tandem.dialects;

import com.fasterxml.jackson.annotation.JsonAlias;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.tandem.edge.Call;
import dev.tandem.edge.EncodeRequest;
import dev.tandem.edge.Endpoint;
import dev.tandem.edge.Problem;
import dev.tandem.edge.Reply;
import dev.tandem.edge.RequestReader;
import dev.tandem.edge.TextService;
import dev.tandem.edge.Vectors;
import dev.tandem.model.InvalidRequestException;
import dev.tandem.model.InvalidRequestException.Kind;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** OpenAI's {@code /v1/embeddings}: vectors of the bi-encoder. */
@ApplicationScoped
public class OpenAiEndpoint implements Endpoint {

    private static final String INPUT = "input";

    private final RequestReader reader = RequestReader.ofOthers();
    private final TextService service;

    OpenAiEndpoint(TextService service) {
        this.service = service;
    }

    /**
     * What its clients send.
     *
     * @param inputType ours: bi-encoders treat queries and passages differently
     */
    @RegisterForReflection
    @JsonNaming(SnakeCaseStrategy.class)
    @Schema(description = "Texts to be turned into vectors, as OpenAI's clients send them")
    record Body(
            @Schema(
                            required = true,
                            description = "A string, or a list of them",
                            implementation = Object.class)
                    @Nullable JsonNode input,
            @Schema(description = "Taken, and of no effect") @Nullable String model,
            @Schema(
                            description = "How vectors are written",
                            enumeration = {"float", "base64"},
                            defaultValue = "float")
                    @Nullable String encodingFormat,
            @Schema(description = "Refused unless it is what the model has")
                    @Nullable Integer dimensions,
            @Schema(description = "Taken, and of no effect") @Nullable String user,
            @Schema(
                            description = "What the texts are",
                            enumeration = {"query", "passage"},
                            defaultValue = "query")
                    @Nullable String inputType,
            @Schema(description = "Milliseconds in which the answer is due")
                    @JsonProperty("budgetMs")
                    @JsonAlias("budget_ms")
                    @Nullable Integer budgetMs) {}

    /** Its answer. */
    @RegisterForReflection
    record Answer(String object, List<Embedding> data, String model, Usage usage) {}

    /** A vector: numbers, or Base64 of little-endian floats. */
    @RegisterForReflection
    record Embedding(String object, Object embedding, int index) {}

    /** Its count of tokens. */
    @RegisterForReflection
    @JsonNaming(SnakeCaseStrategy.class)
    record Usage(long promptTokens, long totalTokens) {}

    /** Its error. */
    @RegisterForReflection
    record Refusal(Details error) {}

    /** What its error says. */
    @RegisterForReflection
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record Details(String message, String type, @Nullable String param, @Nullable String code) {}

    @Override
    public Set<String> paths() {
        return Set.of("/v1/embeddings");
    }

    @Override
    public Uni<Reply> answer(Call call) {
        Body body = reader.read(call.body(), Body.class);
        boolean base64 = isSecond("encoding_format", body.encodingFormat(), "float", "base64");
        boolean passages = isSecond("input_type", body.inputType(), "query", "passage");
        var request =
                new EncodeRequest(
                        texts(body.input()), !passages, body.dimensions(), body.budgetMs());
        return service.encode(request, call).map(vectors -> Reply.of(shaped(vectors, base64)));
    }

    @Override
    public Reply refusal(Problem problem) {
        String type = problem.status() < 500 ? "invalid_request_error" : "server_error";
        String field =
                problem.violations().stream()
                        .map(InvalidRequestException.Violation::field)
                        .filter(name -> !name.isEmpty())
                        .findFirst()
                        .orElse(null);
        return Reply.error(
                problem.status(),
                Reply.JSON,
                new Refusal(new Details(problem.detail(), type, field, null)));
    }

    private static Answer shaped(Vectors vectors, boolean base64) {
        List<Embedding> data = new ArrayList<>();
        for (float[] vector : vectors.list()) {
            Object written = base64 ? base64(vector) : vector;
            data.add(new Embedding("embedding", written, data.size()));
        }
        return new Answer(
                "list", data, vectors.model(), new Usage(vectors.tokens(), vectors.tokens()));
    }

    private static String base64(float[] vector) {
        var bytes = ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(vector);
        return Base64.getEncoder().encodeToString(bytes.array());
    }

    private static List<String> texts(@Nullable JsonNode input) {
        if (input == null || input.isNull()) {
            return List.of();
        }
        if (input.isTextual()) {
            return List.of(input.asText());
        }
        if (!input.isArray()) {
            throw notText(INPUT);
        }
        List<String> texts = new ArrayList<>();
        for (JsonNode text : input) {
            if (!text.isTextual()) {
                throw notText("%s[%d]".formatted(INPUT, texts.size()));
            }
            texts.add(text.asText());
        }
        return texts;
    }

    private static InvalidRequestException notText(String field) {
        return new InvalidRequestException(
                Kind.MALFORMED,
                field,
                "expected a string, or a list of strings; token ids are not taken");
    }

    /**
     * @return whether it is the second one; the first is the default
     */
    private static boolean isSecond(
            String field, @Nullable String value, String first, String second) {
        if (value == null || value.equals(first)) {
            return false;
        }
        if (value.equals(second)) {
            return true;
        }
        throw new InvalidRequestException(
                Kind.OUT_OF_BOUNDS,
                field,
                "got \"%.20s\", expected %s or %s".formatted(value, first, second));
    }
}
