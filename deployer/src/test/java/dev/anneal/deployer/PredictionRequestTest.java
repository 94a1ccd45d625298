package dev.anneal.deployer;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.InstanceOfAssertFactories.list;

import dev.anneal.stage.web.ApiProblem;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PredictionRequestTest {
  private static PredictionRequest parse(String body) {
    return PredictionRequest.parse(
        body.getBytes(StandardCharsets.UTF_8), List.of("temperature", "pressure"), 2);
  }

  @Test
  void columnsAreFoundByNameAndWhatIsLeftOutIsMissing() {
    var request =
        parse("{\"rows\": [{\"pressure\": 2.5, \"temperature\": 21}, {\"temperature\": null}]}");

    assertThat(request.rows()).isEqualTo(2);
    assertThat(request.matrix()).containsExactly(21f, 2.5f, Float.NaN, Float.NaN);
    assertThat(request.missing()).containsExactly("temperature", "pressure");
    assertThat(parse("{\"rows\": [{\"temperature\": 21}]}").missing()).containsExactly("pressure");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"rows\": []}",
        "{\"rows\": [{}]}",
        "{\"rows\": [{\"temperature\": 1, \"flow\": 1, \"head\": 1}]}"
      })
  void aRequestThatCannotBeMeantNamesTheExpectedColumns(String body) {
    var problem = catchThrowableOfType(ApiProblem.class, () -> parse(body));

    assertThat(problem.getBody().getProperties())
        .containsEntry("expected", List.of("temperature", "pressure"));
  }

  @Test
  void allUnknownColumnsOfARowAreNamed() {
    assertThatThrownBy(() -> parse("{\"rows\": [{\"flow\": 1, \"temperature\": 1, \"head\": 1}]}"))
        .hasMessageContaining("has no feature \"flow\", \"head\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"rows\": [{\"temperature\": \"hot\"}]} | 400 | not-a-number      | rows[0].temperature",
        "{\"rows\": []}                          | 400 | no-rows           | rows",
        "{\"rows\": [{}]}                        | 400 | no-features       | rows[0]",
        "{\"rows\": [{\"pressure\": 1}, {\"flow\": 1}]} | 400 | unknown-feature | rows[1].flow",
        "{\"rows\": [{\"temperature\": 1e39}]}    | 400 | not-a-number      | rows[0].temperature",
        "{\"rows\": [{\"temperature\": true}]}    | 400 | not-a-number      | rows[0].temperature",
        "{\"rows\": [[1, 2]]}                     | 400 | malformed-request | rows[0]",
        "{\"rows\": {}}                           | 400 | malformed-request | rows",
        "[]                                       | 400 | malformed-request | rows",
        "``                                       | 400 | malformed-request | rows",
        "{\"rows\": [                             | 400 | malformed-json    | ``",
        "{\"rows\": []} x                         | 400 | malformed-json    | ``",
        "{\"rows\": [], \"rows\": []}             | 400 | malformed-json    | ``",
        "{\"rows\": [{}, {}, {}]}                 | 413 | too-many-rows     |"
      })
  void saysWhereAndWhat(String body, int status, String code, String path) {
    var problem = catchThrowableOfType(ApiProblem.class, () -> parse(body));

    assertThat(problem.getStatusCode().value()).isEqualTo(status);
    assertThat(problem.getBody().getProperties()).containsEntry("code", code);
    if (path != null) {
      assertThat(problem.getBody().getProperties())
          .extractingByKey("errors", as(list(ApiProblem.Fault.class)))
          .singleElement()
          .satisfies(fault -> assertThat(fault.path()).isEqualTo(path))
          .satisfies(fault -> assertThat(problem.getBody().getDetail()).endsWith(fault.message()));
      assertThat(problem.getBody().getDetail()).startsWith(path);
    }
  }
}
