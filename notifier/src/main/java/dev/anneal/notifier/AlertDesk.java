package dev.anneal.notifier;

import dev.anneal.notifier.News.Alert;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;

/// Takes alerts of all models: raised ones through their model's [AlertStorm], resolved ones to
/// those who were told of the raising.
final class AlertDesk {
  /// A model without alerts for this long, by the clock, has no storm any more: its summary is
  /// told.
  static final Duration QUIET = Duration.ofMinutes(2);

  private final Announcer announcer;
  private final Duration window;
  private final InstantSource clock;
  private final Map<String, AlertStorm> storms = new HashMap<>();
  private final Map<String, Instant> touched = new HashMap<>();

  AlertDesk(Announcer announcer, Duration window, InstantSource clock) {
    this.announcer = announcer;
    this.window = window;
    this.clock = clock;
  }

  synchronized void take(Alert alert) {
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
    Instant before = clock.instant().minus(QUIET);
    var quiet =
        touched.entrySet().stream()
            .filter(e -> e.getValue().isBefore(before))
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
  }

  private void tell(AlertStorm storm) {
    for (News news = storm.pending().peek(); news != null; news = storm.pending().peek()) {
      announcer.announce(news);
      storm.pending().remove();
    }
  }
}
