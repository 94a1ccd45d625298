package dev.anneal.control.monitor;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a lifecycle event says of a training run.
public sealed interface RunChange {
  record Queued(String cause, String reason, String requestedBy, @Nullable String coalescedInto)
      implements RunChange {}

  record Started(int attempt) implements RunChange {}

  record Progressed(String phase, long done, long total) implements RunChange {}

  record Trained(String version, Map<String, Double> metrics, long trainingRows, double seconds)
      implements RunChange {}

  record Failed(int attempt, String code, String message, boolean willRetry) implements RunChange {}

  record RetryPlanned(int attempt, Instant at) implements RunChange {}

  record Cancelled(String requestedBy, String reason) implements RunChange {}

  record Validated(String version) implements RunChange {}

  record Rejected(String version, String reason) implements RunChange {}

  record Deployed(String version) implements RunChange {}
}
