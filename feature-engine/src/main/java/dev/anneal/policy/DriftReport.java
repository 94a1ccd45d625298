package dev.anneal.policy;

import dev.anneal.drift.DriftEvaluation;

/// One window's comparison with the deployed version's reference.
///
/// @param evidence [Evidence#FEATURES] or [Evidence#PREDICTIONS]
/// @param startMicros of event time, microseconds since 1970, included
/// @param endMicros likewise, excluded
public record DriftReport(
    String deploymentId,
    String version,
    Evidence evidence,
    Span span,
    long startMicros,
    long endMicros,
    long rows,
    DriftEvaluation evaluation) {
  /// Two windows in parallel: a short one, to which drift shows soon, and a long one, to which
  /// small drift shows.
  public enum Span {
    SHORT,
    LONG
  }

  /// In ISO 8601, in days.
  public String duration() {
    return "P" + (endMicros - startMicros) / EventTime.DAY_MICROS + "D";
  }

  public boolean drifted() {
    return evaluation.verdict() == DriftEvaluation.Verdict.DRIFT;
  }
}
