package dev.anneal.notifier;

import dev.anneal.notifier.News.Alert;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Takes alerts of all models: raised ones through their model's [AlertStorm], resolved ones to
/// those who were told of the raising. While a storm holds alerts back no record of the topic is
/// done, so that after a kill they come again.
final class AlertDesk {
  /// A model without alerts for this long, by the clock, has no storm any more: its summary is
  /// told.
  static final Duration QUIET = Duration.ofMinutes(2);

  private final Announcer announcer;
  private final Duration window;
  private final InstantSource clock;
  private final Map<String, AlertStorm> storms = new HashMap<>();
  private final Map<String, Instant> touched = new HashMap<>();
  private final List<Runnable> done = new ArrayList<>();

  AlertDesk(Announcer announcer, Duration window, InstantSource clock) {
    this.announcer = announcer;
    this.window = window;
    this.clock = clock;
  }

  /// @param recordDone reports that the alert's record need not come again
  synchronized void take(Alert alert, Runnable recordDone) {
    take(alert);
    done.add(recordDone);
    settle();
  }

  private void take(Alert alert) {
    var raised = alert.subject("raised");
    if (alert.resolvedAt() != null) {
      if (announcer.hasTold(raised)) {
        announcer.announce(
            new News.AlertResolved(alert.subject("resolved"), alert, alert.resolvedAt()));
      }
      return;
    }
    if (announcer.hasTold(raised)) {
      return;
    }
    String model = raised.name();
    var storm = storms.computeIfAbsent(model, _ -> new AlertStorm(alert, window));
    touched.put(model, clock.instant());
    storm.raise(alert);
    tell(storm);
  }

  /// Closes the storms that are over.
  synchronized void sweep() {
    Instant now = clock.instant();
    touched.replaceAll((_, time) -> time.isAfter(now) ? now : time); // the clock was ahead
    closeUntouchedSince(now.minus(QUIET));
  }

  /// Tells all that is held back.
  synchronized void close() {
    closeUntouchedSince(Instant.MAX);
  }

  private void closeUntouchedSince(Instant time) {
    var quiet =
        touched.entrySet().stream()
            .filter(e -> e.getValue().isBefore(time))
            .map(Map.Entry::getKey)
            .toList();
    for (String model : quiet) {
      var storm = storms.get(model);
      if (storm != null) {
        storm.close();
        tell(storm);
      }
      storms.remove(model);
      touched.remove(model);
    }
    settle();
  }

  private void settle() {
    if (storms.values().stream().noneMatch(AlertStorm::holds)) {
      done.forEach(Runnable::run);
      done.clear();
    }
  }

  private void tell(AlertStorm storm) {
    for (News news = storm.pending().peek(); news != null; news = storm.pending().peek()) {
      announcer.announce(news);
      storm.pending().remove();
    }
  }
}
