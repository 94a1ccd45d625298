package dev.anneal.notifier;

import dev.anneal.notifier.News.Alert;
import dev.anneal.notifier.News.Subject;
import dev.anneal.schemas.EventIds;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The alerts of one model within a window of event time. The first [#SINGLES] are told one by one;
/// with the next a storm begins: that is told, and what follows is counted and told in a summary
/// when the window has passed. While the storm lasts, windows double up to [#LONGEST] times the
/// first and there is nothing but summaries.
///
/// What is to be told waits in [#pending] until it was: an alert that comes again, because telling
/// it failed, changes nothing. Mutable, for one thread.
final class AlertStorm {
  /// Alerts of one model told one by one within a window.
  static final int SINGLES = 3;

  /// Windows of a storm grow to this many times the first.
  static final int LONGEST = 60;

  /// Alerts of a window known by their ids; beyond, one that comes again counts again.
  static final int MOST_IDS = 10_000;

  private final String organization;
  private final @Nullable String model;
  private final Deque<News> pending = new ArrayDeque<>();
  private final Set<String> ids = new HashSet<>();
  private final Map<String, Integer> kinds = new TreeMap<>();
  private final Set<String> assets = new HashSet<>();
  private final Duration shortest;
  private Instant start;
  private Alert newest;
  private Instant last;
  private Duration window;
  private int count;
  private boolean storm;

  /// @param window of event time, the first
  AlertStorm(Alert first, Duration window) {
    this.shortest = window;
    this.window = window;
    this.organization = first.organization();
    this.model = first.model();
    this.start = first.raisedAt();
    this.newest = first;
    this.last = first.raisedAt();
  }

  /// What is to be told, oldest first; the caller removes what it has told.
  Deque<News> pending() {
    return pending;
  }

  /// Whether there are alerts that have not been told, one by one or in a summary.
  boolean holds() {
    return !pending.isEmpty() || (storm && count > 0);
  }

  /// @param alert one that is not resolved
  void raise(Alert alert) {
    if (ids.contains(alert.id())) {
      return;
    }
    if (!alert.raisedAt().isBefore(start.plus(window))) {
      next(alert.raisedAt());
    }
    count(alert);
    if (!storm && count > SINGLES) {
      storm = true;
      pending.add(new News.StormBegan(subject("began", alert.raisedAt()), alert, SINGLES, window));
    } else if (!storm) {
      pending.add(new News.AlertRaised(alert.subject("raised"), alert));
    }
  }

  private void next(Instant at) {
    Instant end = start.plus(window);
    boolean goesOn = storm && at.isBefore(end.plus(window));
    close();
    if (goesOn) {
      var doubled = window.multipliedBy(2);
      var longest = shortest.multipliedBy(LONGEST);
      window = doubled.compareTo(longest) < 0 ? doubled : longest;
      start = end;
    } else {
      window = shortest;
      storm = false;
      start = at;
    }
  }

  private void count(Alert alert) {
    count++;
    newest = alert;
    last = alert.raisedAt().isAfter(last) ? alert.raisedAt() : last;
    kinds.merge(alert.kind(), 1, Integer::sum);
    if (ids.size() < MOST_IDS) {
      ids.add(alert.id());
      assets.add(String.valueOf(alert.asset()));
    }
  }

  /// The window has passed, or nothing has come for long.
  void close() {
    if (storm && count > 0) {
      var subject = subject("summary", last);
      pending.add(
          new News.StormSummary(subject, start, last, count, Map.copyOf(kinds), assets.size()));
    }
    count = 0;
    ids.clear();
    kinds.clear();
    assets.clear();
  }

  /// Named after the newest alert: a window that is counted in parts, for a stop between them, has
  /// as many summaries.
  private Subject subject(String what, Instant at) {
    String id = EventIds.of("storm", what, organization, String.valueOf(model), newest.id());
    return new Subject(id, organization, model, at);
  }
}
