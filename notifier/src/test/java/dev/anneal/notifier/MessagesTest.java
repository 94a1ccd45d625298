package dev.anneal.notifier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.notifier.News.Alert;
import dev.anneal.notifier.News.DriftedFeature;
import dev.anneal.notifier.News.Subject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// Every kind of message as people see it: golden files in `messages/`, rewritten with
/// `-Dgolden.write`.
class MessagesTest {
  private static final Instant AT = Instant.parse("2026-03-01T12:34:56Z");
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  static Alert alert(String id, Instant at) {
    return new Alert(
        id,
        "acme",
        "pump-failure",
        "pump-7",
        "FAILURE_PREDICTED",
        "CRITICAL",
        "failure within 24 h is likely: 0.93 ≥ 0.85",
        0.93,
        at,
        null);
  }

  private static Alert resolved(Alert alert, Instant at) {
    return new Alert(
        alert.id(),
        alert.organization(),
        alert.model(),
        alert.asset(),
        alert.kind(),
        alert.severity(),
        alert.message(),
        alert.value(),
        alert.raisedAt(),
        at);
  }

  static Stream<Arguments> news() {
    var subject = new Subject("e-1", "acme", "pump-failure", AT);
    var alert = alert("a-1", AT);
    return Stream.of(
        Arguments.of(
            "trained",
            new News.Trained(
                subject,
                "v2",
                Map.of("accuracy", 0.9312, "recall", 0.8, "logloss", 0.2),
                12_345,
                8.25)),
        Arguments.of(
            "failed",
            new News.Failed(
                subject, "insufficient-labels", "7 failures in 30 days, 200 are needed", 3)),
        Arguments.of(
            "rejected",
            new News.Rejected(
                subject, "v3", "v2", "1 of 3 checks failed", List.of("recall 0.612 is below 0.7"))),
        Arguments.of("deployed", new News.Deployed(subject, "v2", "v1")),
        Arguments.of("deployed-first", new News.Deployed(subject, "v1", null)),
        Arguments.of(
            "rolled-back", new News.RolledBack(subject, "v2", "v1", "kim", "scores look odd")),
        Arguments.of(
            "retraining-requested",
            new News.RetrainingRequested(
                subject,
                "DRIFT",
                "2 of 3 features drifted in 3 of the last 4 windows",
                List.of(
                    new DriftedFeature("vibration_mean_10", "psi", 0.8712, 1e-9),
                    new DriftedFeature("temperature", "psi", 0.31, 0.001)))),
        Arguments.of("alert-raised", new News.AlertRaised(alert.subject("raised"), alert)),
        Arguments.of(
            "alert-resolved",
            new News.AlertResolved(
                resolved(alert, AT.plusSeconds(5_400)).subject("resolved"),
                alert,
                AT.plusSeconds(5_400))),
        Arguments.of("storm-began", new News.StormBegan(subject, alert, 3, Duration.ofMinutes(1))),
        Arguments.of(
            "storm-summary",
            new News.StormSummary(
                subject,
                AT,
                AT.plusSeconds(60),
                57,
                Map.of("FAILURE_PREDICTED", 41, "SENSOR_FAULT", 16),
                12)),
        Arguments.of(
            "escaped",
            new News.Failed(
                new Subject("e-2", "acme", "pump-failure", AT),
                "bad",
                "<!channel> & <https://evil.example|click>\nsecond line \u001b[31mred",
                1)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("news")
  void looksAsItDid(String name, News news) throws IOException {
    var message = Messages.of(news);
    String rendered =
        message.line()
            + "\n"
            + JSON.writeValueAsString(BlockKit.payload(message)).replace("\r\n", "\n")
            + "\n";

    var file = Path.of("src/test/resources/messages", name + ".txt");
    if (System.getProperty("golden.write") != null) {
      Files.writeString(file, rendered);
    }
    assertThat(rendered).isEqualTo(Files.readString(file, StandardCharsets.UTF_8));
  }

  @Test
  void anAlertOfAWholeOrganizationIsALineOfTheOrganization() {
    var alert =
        new Alert(
            "a-1",
            "acme",
            null,
            null,
            "SOURCE_UNREACHABLE",
            "CRITICAL",
            "the host scada.acme.example is not known",
            null,
            AT,
            null);

    assertThat(Messages.of(new News.AlertRaised(alert.subject("raised"), alert)).line())
        .isEqualTo(
            "acme: SOURCE_UNREACHABLE (severity critical, at 2026-03-01 12:34:56 UTC): the host scada.acme.example is not known");
    assertThat(
            Messages.of(
                    new News.AlertResolved(alert.subject("resolved"), alert, AT.plusSeconds(70)))
                .line())
        .isEqualTo("acme: SOURCE_UNREACHABLE resolved (after 1 min 10 s)");
  }

  @Test
  void staysWithinSlacksLimits() {
    var facts =
        IntStream.range(0, 5_000)
            .mapToObj(i -> new Message.Fact("fact" + i, "&".repeat(5_000)))
            .toList();
    var subject = new Subject("e", "acme", "pump-failure", AT);
    var payload =
        BlockKit.payload(new Message(subject, "x", "<".repeat(1_000), facts, "&".repeat(10_000)));

    assertThat((String) payload.get("text")).hasSizeLessThanOrEqualTo(BlockKit.MAX_TEXT);
    assertThat((List<?>) payload.get("blocks"))
        .hasSizeLessThanOrEqualTo(BlockKit.MAX_BLOCKS)
        .allSatisfy(MessagesTest::isWithinLimits);
  }

  private static void isWithinLimits(Object block) {
    var map = (Map<?, ?>) block;
    if (map.get("text") instanceof Map<?, ?> text) {
      int limit = map.get("type").equals("header") ? BlockKit.MAX_HEADER : BlockKit.MAX_SECTION;
      assertThat((String) text.get("text")).hasSizeLessThanOrEqualTo(limit);
    }
    if (map.get("fields") instanceof List<?> fields) {
      assertThat(fields).hasSizeLessThanOrEqualTo(BlockKit.MAX_FIELDS);
      fields.forEach(
          f ->
              assertThat((String) ((Map<?, ?>) f).get("text"))
                  .hasSizeLessThanOrEqualTo(BlockKit.MAX_FIELD));
    }
  }

  /// Terminals and Slack obey more controls than those of ASCII: CSI, and text from right to left.
  @Test
  void leavesOutControls() {
    var subject = new News.Subject("e", "acme", "pump", AT);
    var message =
        new Message(subject, "x", "a\u009b31mb\u202ec", List.of(), "line\u0085one\nline\u0007two");

    assertThat(message.line()).endsWith(": a 31mb c: line one line two");
    assertThat(BlockKit.payload(message).toString())
        .contains("a 31mb c", "line one\nline two")
        .doesNotContain("\u009b", "\u202e", "\u0085", "\u0007");
  }

  @Test
  void neverCutsAnEscapeOrACharacterInTwo() {
    for (int length = 1; length < 40; length++) {
      String escaped = "x".repeat(length) + BlockKit.escape("&&<>&").repeat(3);
      for (int limit = 2; limit < escaped.length(); limit++) {
        assertThat(BlockKit.clip(escaped, limit))
            .hasSizeLessThanOrEqualTo(limit)
            .matches("(x|&amp;|&lt;|&gt;)*…?");
      }
    }
    assertThat(BlockKit.clip("a😀b😀", 3)).isEqualTo("a…");
  }
}
