package dev.anneal.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OutputTest {
  @Test
  void controlsBeyondAsciiAreEscapedAndMeanTheSame() throws Exception {
    var mapper = new ObjectMapper();
    var value = Map.of("reason", "\u001b[31m \u009b31m \u202e \u00e9 \uD83D\uDE00");

    String shown = Output.escaped(mapper.writeValueAsString(value));

    assertThat(shown)
        .contains("\\u009b31m", "\\u202e", "\u00e9", "\uD83D\uDE00")
        .doesNotContain("\u009b", "\u202e", "\u001b");
    assertThat(mapper.readTree(shown)).isEqualTo(mapper.valueToTree(value));
  }
}
