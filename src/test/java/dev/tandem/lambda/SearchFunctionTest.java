package dev.tandem.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tandem.fixtures.Doors;
import dev.tandem.fixtures.Doors.Answer;
import dev.tandem.fixtures.Refusals;
import dev.tandem.fixtures.Refusals.Refusal;
import dev.tandem.model.InvalidRequestException;
import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
class SearchFunctionTest {

    static List<Refusal> refusals() {
        return Refusals.json();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"query\": \"how large may a zip archive be?\"}",
                "{\"query\": \"cold start\", \"topK\": 3, \"candidateCount\": 50}",
                "{\"query\": \"Größe der Instanz – teuer?\", \"topK\": 60, \"candidateCount\": 60}",
                "{\"query\": \"日本語で 検索\", \"topK\": 5, \"candidateCount\": 50}",
                "{\"query\": \"\\ud83d\\ude80 rocket e\\u0301 \\u0000 end\", \"candidateCount\": 50}",
                "{\"query\": \"مرحبا \\\"quoted\\\" \\\\ /\", \"topK\": 1, \"candidateCount\": 50}",
                "{\"query\": \"vpc\", \"candidateCount\": 50, \"filter\": {\"topic\": \"network\"}}",
                "{\"query\": \"  spaced  \", \"topK\": null, \"candidateCount\": 50}"
            })
    void invoke_aSearch_answersLikeHttp(String request) {
        String patient = request.replaceFirst("\\{", "{\"budgetMs\": 60000, ");
        Answer invoked = Doors.invoke(patient);
        Answer posted = Doors.post(patient);

        assertThat(invoked.status()).as(invoked.body()).isEqualTo(200);
        assertThat(fields(invoked.json())).isEqualTo(fields(posted.json()));
        assertThat(withoutTimings(invoked)).isEqualTo(withoutTimings(posted));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void invoke_aBadRequest_failsWithTheMessageOfHttp(Refusal refusal) {
        Answer invoked = Doors.invoke(refusal.body());
        JsonNode error = invoked.json();

        assertThat(error.path("errorType").asText())
                .as(invoked.body())
                .isEqualTo(InvalidRequestException.class.getName());
        assertThat(error.path("errorMessage").asText())
                .contains(refusal.field(), refusal.detail())
                .isEqualTo(Doors.post(refusal.body()).json().path("detail").asText());
    }

    private static List<String> fields(JsonNode object) {
        return object.properties().stream().map(Map.Entry::getKey).toList();
    }

    /** All but what is measured. */
    private static JsonNode withoutTimings(Answer answer) {
        return ((ObjectNode) answer.json().deepCopy()).without(List.of("timings", "work"));
    }
}
