package dev.tandem.dialects;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tandem.fixtures.Doors;
import dev.tandem.fixtures.Doors.Answer;
import dev.tandem.fixtures.RealModels;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

abstract class EmbeddingsContract {
    private static final String PATH = "/v1/embeddings";

    @Test
    void post_texts_areEncodedAsQueries() {
        Answer answer =
                Doors.postTo(PATH, "{\"input\": [\"cold start\", \"vpc\"], \"model\": \"any\"}");
        JsonNode body = answer.json();

        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(body.path("object").asText()).isEqualTo("list");
        assertThat(body.path("model").asText()).isEqualTo("bge-small-en-v1.5");
        assertThat(body.path("data")).hasSize(2);
        assertThat(body.at("/data/1/object").asText()).isEqualTo("embedding");
        assertThat(body.at("/data/1/index").asInt()).isEqualTo(1);
        assertThat(body.at("/usage/prompt_tokens").asInt())
                .isGreaterThan(4)
                .isEqualTo(body.at("/usage/total_tokens").asInt());
        assertThat(floats(body.at("/data/0/embedding")))
                .isEqualTo(RealModels.biEncoder().encodeQuery("cold start"));
    }

    @Test
    void post_base64_isTheSameVector() {
        JsonNode body =
                Doors.postTo(
                                PATH,
                                "{\"input\": \"cold start\", \"encoding_format\": \"base64\","
                                        + " \"dimensions\": 384}")
                        .json();
        byte[] bytes = Base64.getDecoder().decode(body.at("/data/0/embedding").asText());
        float[] vector = new float[384];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(vector);

        assertThat(vector).isEqualTo(RealModels.biEncoder().encodeQuery("cold start"));
    }

    @Test
    void post_passages_areEncodedAsSuch() {
        JsonNode body =
                Doors.postTo(PATH, "{\"input\": \"cold start\", \"input_type\": \"passage\"}")
                        .json();

        assertThat(floats(body.at("/data/0/embedding")))
                .isEqualTo(RealModels.biEncoder().encodePassage("cold start"));
    }

    @Test
    void post_moreThanTheBudgetSufficesFor_isToldAndNotCut() {
        String texts = "\"a text of some words that is to be encoded\",".repeat(400);
        Answer answer = Doors.postTo(PATH, "{\"budgetMs\": 20, \"input\": [" + texts + "\"b\"]}");

        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.json().at("/error/message").asText()).contains("did not suffice");
        assertThat(answer.json().at("/error/type").asText()).isEqualTo("server_error");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{} | 422 | input",
                "{\"input\": []} | 422 | input",
                "{\"input\": 5} | 400 | input",
                "{\"input\": {\"a\": \"b\"}} | 400 | input",
                "{\"input\": [[1, 2]]} | 400 | input[0]",
                "{\"input\": \"a\", \"dimensions\": 128} | 422 | dimensions",
                "{\"input\": \"a\", \"encoding_format\": \"hex\"} | 422 | encoding_format",
                "{\"input\": \"a\", \"input_type\": \"title\"} | 422 | input_type"
            })
    void post_aBadRequest_isRefusedInItsShape(String body, int status, String field) {
        Answer answer = Doors.postTo(PATH, body);

        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.json().at("/error/type").asText()).isEqualTo("invalid_request_error");
        assertThat(answer.json().at("/error/param").asText()).isEqualTo(field);
        assertThat(answer.json().at("/error/message").asText()).startsWith(field + ": ");
    }

    private static float[] floats(JsonNode array) {
        float[] values = new float[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = array.get(i).floatValue();
        }
        return values;
    }
}
