package dev.anneal.notifier;

import dev.anneal.notifier.Message.Fact;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// News in words. Pure.
final class Messages {
  /// As many metrics and drifted features as a glance takes in.
  private static final int MOST_FACTS = 5;

  private static final List<String> TELLING =
      List.of("accuracy", "precision", "recall", "f1", "auc");
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private Messages() {}

  static Message of(News news) {
    return switch (news) {
      case News.Trained n ->
          new Message(
              n.subject(),
              "white_check_mark",
              "%s trained".formatted(n.version()),
              trained(n),
              null);
      case News.Failed n ->
          new Message(
              n.subject(),
              "x",
              "training failed",
              List.of(
                  new Fact("code", n.code()), new Fact("attempts", Integer.toString(n.attempts()))),
              n.message());
      case News.Rejected n ->
          new Message(
              n.subject(),
              "no_entry",
              "%s did not pass the gate".formatted(n.version()),
              n.championVersion() == null
                  ? List.of()
                  : List.of(new Fact("serving", n.championVersion())),
              String.join(
                  "; ", n.failedChecks().isEmpty() ? List.of(n.reason()) : n.failedChecks()));
      case News.Deployed n ->
          new Message(
              n.subject(),
              "rocket",
              "%s deployed".formatted(n.version()),
              n.previousVersion() == null
                  ? List.of()
                  : List.of(new Fact("replaces", n.previousVersion())),
              null);
      case News.RolledBack n ->
          new Message(
              n.subject(),
              "rewind",
              "rolled back to %s".formatted(n.toVersion()),
              List.of(new Fact("from", n.fromVersion()), new Fact("by", n.requestedBy())),
              n.reason());
      case News.RetrainingRequested n ->
          new Message(
              n.subject(),
              "chart_with_upwards_trend",
              "retraining requested",
              requested(n),
              n.reason());
      case News.AlertRaised n ->
          new Message(
              n.subject(),
              icon(n.alert()),
              n.alert().kind(),
              facts(n.alert()),
              n.alert().message());
      case News.AlertResolved n -> resolved(n);
      case News.StormBegan n ->
          new Message(
              n.subject(),
              "rotating_light",
              "many alerts",
              List.of(),
              "more than %d within %s; the next ones come as a summary. The last: %s %s"
                  .formatted(n.singles(), text(n.window()), n.last().kind(), n.last().message()));
      case News.StormSummary n ->
          new Message(
              n.subject(), "rotating_light", "%d alerts".formatted(n.alerts()), summary(n), null);
    };
  }

  private static List<Fact> trained(News.Trained news) {
    var facts = new ArrayList<Fact>();
    for (String name : TELLING) {
      Double value = news.metrics().get(name);
      if (value != null) {
        facts.add(new Fact(name, number(value)));
      }
    }
    facts.add(new Fact("rows", String.format(Locale.ROOT, "%,d", news.trainingRows())));
    facts.add(new Fact("took", String.format(Locale.ROOT, "%.1f s", news.trainingSeconds())));
    return facts;
  }

  private static List<Fact> requested(News.RetrainingRequested news) {
    var facts = new ArrayList<Fact>();
    facts.add(new Fact("cause", news.cause().toLowerCase(Locale.ROOT)));
    news.drifted().stream()
        .limit(MOST_FACTS)
        .forEach(
            f ->
                facts.add(new Fact(f.name(), "%s %s".formatted(f.statistic(), number(f.value())))));
    return facts;
  }

  private static List<Fact> facts(News.Alert alert) {
    var facts = new ArrayList<Fact>();
    if (alert.asset() != null) {
      facts.add(new Fact("asset", alert.asset()));
    }
    if (alert.value() != null) {
      facts.add(new Fact("value", number(alert.value())));
    }
    facts.add(new Fact("severity", alert.severity().toLowerCase(Locale.ROOT)));
    facts.add(new Fact("at", TIME.format(alert.raisedAt())));
    return facts;
  }

  private static Message resolved(News.AlertResolved news) {
    var alert = news.alert();
    var facts = new ArrayList<Fact>();
    if (alert.asset() != null) {
      facts.add(new Fact("asset", alert.asset()));
    }
    facts.add(new Fact("after", text(Duration.between(alert.raisedAt(), news.resolvedAt()))));
    return new Message(news.subject(), "white_check_mark", alert.kind() + " resolved", facts, null);
  }

  private static List<Fact> summary(News.StormSummary news) {
    var facts = new ArrayList<Fact>();
    new TreeMap<>(news.kinds())
        .forEach((kind, count) -> facts.add(new Fact(kind, Integer.toString(count))));
    facts.add(new Fact("assets", Integer.toString(news.assets())));
    facts.add(new Fact("from", TIME.format(news.from())));
    facts.add(new Fact("to", TIME.format(news.to())));
    return facts;
  }

  private static String icon(News.Alert alert) {
    return Map.of("CRITICAL", "rotating_light", "WARNING", "warning")
        .getOrDefault(alert.severity(), "information_source");
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.3f", value);
  }

  static String text(Instant at) {
    return TIME.format(at);
  }

  /// `1 d 2 h`, `5 min`, `40 s`: the two largest units.
  private static String text(Duration duration) {
    var parts = new ArrayList<String>();
    add(parts, duration.toDays(), "d");
    add(parts, duration.toHoursPart(), "h");
    add(parts, duration.toMinutesPart(), "min");
    add(parts, duration.toSecondsPart(), "s");
    return parts.isEmpty() ? "0 s" : String.join(" ", parts.subList(0, Math.min(2, parts.size())));
  }

  private static void add(List<String> parts, long count, String unit) {
    if (count > 0) {
      parts.add(count + " " + unit);
    }
  }
}
