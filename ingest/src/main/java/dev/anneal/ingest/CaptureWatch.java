package dev.anneal.ingest;

import dev.anneal.events.Alert;
import dev.anneal.stage.Publisher;
import java.time.Duration;
import java.time.InstantSource;

/// Looks at the captures and publishes what [CaptureAlerts] finds.
final class CaptureWatch {
  static final Duration EVERY = Duration.ofSeconds(1);

  private final Captures captures;
  private final PublishedDefinitions definitions;
  private final CaptureAlerts alerts;
  private final Publisher<Alert> publisher;
  private final InstantSource clock;

  CaptureWatch(
      Captures captures,
      PublishedDefinitions definitions,
      CaptureAlerts alerts,
      Publisher<Alert> publisher,
      InstantSource clock) {
    this.captures = captures;
    this.definitions = definitions;
    this.alerts = alerts;
    this.publisher = publisher;
    this.clock = clock;
  }

  /// What cannot be published now is with the next look.
  void look() {
    var changes =
        alerts.look(captures.states(), captures.lacking(), definitions.keys(), clock.instant());
    for (Trouble trouble : changes) {
      publisher.sendAndWait(trouble.id(), Wire.alert(trouble));
      alerts.published(trouble);
    }
  }
}
