package dev.anneal.deployer;

import dev.anneal.events.Alert;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Looks at the progress of features periodically and publishes what [StallAlerts] finds. It is the
/// deployer's, because the feature stream cannot report that it is gone, and the deployer is the
/// stage that waits for features.
final class FeatureWatch {
  /// Between two looks.
  static final Duration EVERY = Duration.ofSeconds(10);

  /// Two minutes: longer than a fail-over (45 s), a process that is stopped (30 s), a rebuild (half
  /// a minute) or a registry that is away (a minute) take; shorter than the transaction timeout of
  /// the feature stream (5 min).
  static final int LOOKS = 12;

  private final Supplier<List<PartitionProgress>> progress;
  private final StandingPartitions standing;
  private final StallAlerts alerts;
  private final Consumer<Alert> publisher;
  private final InstantSource clock;

  /// @param publisher returns when the broker has the alert
  FeatureWatch(
      Supplier<List<PartitionProgress>> progress,
      StandingPartitions standing,
      StallAlerts alerts,
      Consumer<Alert> publisher,
      InstantSource clock) {
    this.progress = progress;
    this.standing = standing;
    this.alerts = alerts;
    this.publisher = publisher;
    this.clock = clock;
  }

  /// What cannot be published now is with the next look.
  void look() {
    for (Alert alert : alerts.look(standing.look(progress.get()), clock.instant())) {
      publisher.accept(alert);
      alerts.restore(alert);
    }
  }
}
