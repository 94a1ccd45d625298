package dev.anneal.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TableNamesTest {
  private static boolean match(String pattern, String name) {
    return TableNames.of(pattern).match(name);
  }

  @Test
  void matchAsTheExpressionSays() {
    assertThat(match("readings(_\\d{4})?|old", "readings_2024")).isTrue();
    assertThat(match("readings(_\\d{4})?|old", "readings_24")).isFalse();
    assertThat(match(".*", "x".repeat(63))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"(?:.*a){25}b", "(?:(?:a|aa)+)+b", "(a+)+\\1b"})
  void anExpressionThatTakesForEverDoesNotMatch(String pattern) {
    assertThat(match(pattern, "a".repeat(63))).isFalse();
  }
}
