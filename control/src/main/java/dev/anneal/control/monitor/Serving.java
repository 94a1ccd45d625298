package dev.anneal.control.monitor;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A version that serves, or served. The wire's deployment without the profile.
public record Serving(
    String deploymentId,
    String organization,
    String model,
    String version,
    @Nullable String previousVersion,
    String kind,
    Instant deployedAt,
    @Nullable String requestId,
    String requestedBy,
    String reason) {
  /// The newest verdict of the retraining policy.
  public record Decision(
      String organization,
      String model,
      String decision,
      String cause,
      String code,
      String reason,
      @Nullable String requestId,
      Instant occurredAt) {}

  /// One line of `status`.
  ///
  /// @param state WAITING (nothing serves yet), QUEUED, TRAINING or SERVING
  /// @param reason why it waits, in words
  /// @param estimatedPerformance of the version that serves
  public record ModelStatus(
      String model,
      String state,
      @Nullable String reason,
      @Nullable Serving deployed,
      @Nullable Estimate estimatedPerformance,
      @Nullable Run lastRun,
      @Nullable Decision lastDecision,
      @Nullable Map<String, Object> schedule) {}
}
