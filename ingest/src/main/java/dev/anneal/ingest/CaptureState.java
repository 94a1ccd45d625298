package dev.anneal.ingest;

import java.time.Duration;

/// Where a supervised capture stands.
///
/// ```
///            ┌────────── pause over ──────────┐
///            ▼                                │
///        Starting ──── source answers ──► Running ──── fails ──► Waiting
///            └──────────────── fails ─────────────────────────────▲
///        any ──── stopped, or nothing left to do ──► Stopped
/// ```
sealed interface CaptureState {
  /// @param failures in a row before this try
  record Starting(int failures) implements CaptureState {}

  record Running() implements CaptureState {}

  /// @param failures in a row
  /// @param pause until the next try
  record Waiting(int failures, Duration pause, CaptureException.Code code, String reason) implements CaptureState {}

  record Stopped() implements CaptureState {}

  /// A capture that ran counts its failures from one again.
  default CaptureState failed(CaptureException failure, Backoff backoff) {
    int failures = this instanceof Starting(int before) ? before + 1 : 1;
    return new Waiting(failures, backoff.after(failures), failure.code(), String.valueOf(failure.getMessage()));
  }

  default CaptureState tryAgain() {
    return new Starting(this instanceof Waiting waiting ? waiting.failures() : 0);
  }
}
