package dev.anneal.stage;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.ConnectException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedactionTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          invalid header value: "Bearer xoxb-1-canary"            | invalid header value: "Bearer ***"
          the token xoxb-1-canary of xapp-canary                  | the token *** of ***
          Unable to parse URL jdbc:postgresql://h/d?user=u&password=canary&ssl=true | Unable to parse URL jdbc:postgresql://h/d?user=u&password=***&ssl=true
          Illegal character at 3: postgres://ann:canary@db:5432/x | Illegal character at 3: postgres://***@db:5432/x
          host=db password='canary two' dbname=x                  | host=db password=*** dbname=x
          {"slackToken": "canary", "channel": "#a"}               | {"slackToken": ***, "channel": "#a"}
          ssl.keystore.password = canary                          | ssl.keystore.password = ***
          sasl.jaas.config = Login username="u" password="canary"; | sasl.jaas.config = ***
          POST https://hooks.slack.com/services/T/B/canary failed | POST https://hooks.slack.com/*** failed
          """)
  void hidesWhatLooksLikeASecret(String text, String shown) {
    assertThat(Redaction.of(text)).isEqualTo(shown).doesNotContain("canary");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "FATAL: password authentication failed for user \"reader\"",
        "Connection to db.example.com:5432 refused. Check that the hostname and port are correct",
        "no pg_hba.conf entry for host \"10.0.0.1\", user \"a@b\", database \"scada\", no encryption",
        "the password's environment variable ANNEAL_SOURCE_ACME__PASSWORD is not set where ingest runs"
      })
  void keepsWhatHelps(String text) {
    assertThat(Redaction.of(text)).isEqualTo(text);
  }

  @Test
  void hidesValuesThatAreKnown() {
    assertThat(Redaction.of(new IllegalStateException("got s3cr3t\nhere"), List.of("s3cr3t", "")))
        .isEqualTo("got ***\\u000ahere");
  }

  @Test
  void isOneLineAndNotTooLong() {
    assertThat(Redaction.of("ERROR: x\n  Detail: y\r\u001b[31m"))
        .isEqualTo("ERROR: x\\u000a  Detail: y\\u000d\\u001b[31m");
    assertThat(Redaction.of("x".repeat(5_000)))
        .startsWith("x".repeat(Redaction.LONGEST))
        .endsWith("… (5000 characters)");
  }

  @Test
  void namesTheClassOfAFailureWithoutMessage() {
    assertThat(Redaction.of(new ConnectException())).isEqualTo("ConnectException");
  }

  /// Without the cut this takes minutes.
  @Test
  void aTextOfAMegabyteIsShortBeforeItIsSearched() {
    assertThat(Redaction.of("x".repeat(1_000_000))).hasSizeLessThan(3_000).contains("1000000");
  }
}
