package dev.anneal.ingest;

import java.time.Duration;
import java.time.Instant;

/// Where a supervised capture stands.
///
/// ```
///            ┌────────── pause over ──────────┐
///            ▼                                │
///        Starting ──── source answers ──► Running ──── fails ──► Waiting
///            └──────────────── fails ─────────────────────────────▲
///        any ──── stopped, or nothing left to do ──► Stopped
/// ```
///
/// Failures count from one again once a capture has run for as long as the longest pause: one that
/// fails right after each start does not hammer its source.
sealed interface CaptureState {
  /// @param failures in a row before this try
  record Starting(int failures) implements CaptureState {}

  /// @param failures in a row before this run
  record Running(int failures, Instant since) implements CaptureState {}

  /// @param failures in a row
  /// @param pause until the next try
  record Waiting(int failures, Duration pause, CaptureException.Code code, String reason)
      implements CaptureState {}

  record Stopped() implements CaptureState {}

  default CaptureState sourceAnswers(Instant now) {
    return new Running(failuresBefore(), now);
  }

  default CaptureState failed(CaptureException failure, Backoff backoff, Instant now) {
    int failures = isSettled(backoff, now) ? 1 : failuresBefore() + 1;
    return new Waiting(
        failures, backoff.after(failures), failure.code(), String.valueOf(failure.getMessage()));
  }

  default CaptureState tryAgain() {
    return new Starting(failuresBefore());
  }

  /// Whether the capture has run long enough for what was before to be past.
  default boolean isSettled(Backoff backoff, Instant now) {
    return this instanceof Running(_, Instant since)
        && Duration.between(since, now).compareTo(backoff.longest()) >= 0;
  }

  private int failuresBefore() {
    return switch (this) {
      case Starting(int failures) -> failures;
      case Running(int failures, _) -> failures;
      case Waiting waiting -> waiting.failures;
      case Stopped() -> 0;
    };
  }
}
