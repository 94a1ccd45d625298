package dev.anneal.trainer;

import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import org.springframework.jdbc.core.simple.JdbcClient;

/// Corrects what the scheduler wrote while the clock was ahead; otherwise the scheduler waits until
/// then. No run waits longer than the longest retry, and no heartbeat is later than now.
///
/// @param longest wait of a run for its next attempt
record RunTimes(JdbcClient jdbc, Duration longest, InstantSource clock) {
  static final Duration EVERY = Duration.ofSeconds(10);

  /// Written at the same moment by a clock that differs a little.
  private static final Duration TOLERANCE = Duration.ofSeconds(5);

  void correct() {
    var now = clock.instant().atOffset(ZoneOffset.UTC);
    jdbc.sql(
            "update %s set execution_time = ? where not picked and execution_time > ?"
                .formatted(RunScheduler.TABLE))
        .params(now, now.plus(longest).plus(TOLERANCE))
        .update();
    jdbc.sql(
            "update %s set last_heartbeat = ? where picked and last_heartbeat > ?"
                .formatted(RunScheduler.TABLE))
        .params(now, now.plus(TOLERANCE))
        .update();
  }
}
