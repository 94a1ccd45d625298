package dev.anneal.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TextsTest {
  @Test
  void acceptsWhatPeopleWrite() {
    assertThat(Texts.problem("", 10)).isEmpty();
    assertThat(Texts.problem("Grüße\nan 🏭", 20)).isEmpty();
    assertThat(Texts.idProblem("4711-a/b c", 20)).isEmpty();
  }

  @Test
  void saysWhatADatabaseCannotHold() {
    assertThat(Texts.problem("x\0y", 10))
        .hasValue("must not contain NUL (U+0000), has one at character 1");
    assertThat(Texts.problem("x\ud800y", 10))
        .hasValue("must be Unicode, has an unpaired surrogate at character 1");
    assertThat(Texts.problem("xy\ud83c", 10))
        .hasValue("must be Unicode, has an unpaired surrogate at character 2");
    assertThat(Texts.problem("\udfed", 10)).isPresent();
    assertThat(Texts.problem("12345678901", 10))
        .hasValue("must have at most 10 characters, has 11");
  }

  @Test
  void anIdIsOneLineAndNotEmpty() {
    assertThat(Texts.idProblem(" ", 10)).hasValue("is required");
    assertThat(Texts.idProblem("a\nb", 10)).hasValue("must not contain control characters");
  }

  @Test
  void cutsBetweenCharactersAndSaysHowLongTheTextWas() {
    assertThat(Texts.cut("12345", 5)).isEqualTo("12345");
    assertThat(Texts.cut("123456", 5)).isEqualTo("12345… (6 characters)");
    assertThat(Texts.cut("1234🏭6", 5)).isEqualTo("1234… (7 characters)");
  }

  @Test
  void aLineOfALogIsOneLine() {
    assertThat(Texts.inLine("a\nb\u001b[31m\ud800", 20)).isEqualTo("a\\u000ab\\u001b[31m\\ud800");
  }
}
