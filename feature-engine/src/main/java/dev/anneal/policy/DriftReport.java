package dev.anneal.policy;

import dev.anneal.drift.DriftEvaluation;

/// One window's comparison with the deployed version's reference.
///
/// @param startMicros of event time, microseconds since 1970, included
/// @param endMicros likewise, excluded
public record DriftReport(
    String deploymentId,
    String version,
    Span span,
    long startMicros,
    long endMicros,
    long rows,
    DriftEvaluation evaluation) {
  /// How long a window is.
  public enum Span {
    DAY("P1D", 1),
    WEEK("P7D", 7);

    private final String duration;
    private final int days;

    Span(String duration, int days) {
      this.duration = duration;
      this.days = days;
    }

    /// In ISO 8601.
    public String duration() {
      return duration;
    }

    public int days() {
      return days;
    }
  }

  public boolean drifted() {
    return evaluation.verdict() == DriftEvaluation.Verdict.DRIFT;
  }
}
