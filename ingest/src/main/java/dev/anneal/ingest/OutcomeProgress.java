package dev.anneal.ingest;

import dev.anneal.ingest.SourceRow.Operation;

/// How far an organization's outcomes are known. They are rare: whether none came because nothing
/// failed, or because they were not read yet, only the log of the source tells, whose rows come in
/// the order of their commits. A snapshot reads table by table and tells nothing. For one thread.
final class OutcomeProgress {
  /// Of event time, from one time it is told to the next.
  static final long EVERY_MICROS = 3_600_000_000L;

  private long newestMicros = Long.MIN_VALUE;
  private long toldMicros = Long.MIN_VALUE;
  private long committedMicros = Long.MIN_VALUE;

  /// A row of telemetry was sent, and so were all outcomes that the source committed before it.
  void passed(SourceRow row, long eventTimeMicros) {
    if (row.operation() != Operation.READ) {
      committedMicros = Math.max(committedMicros, row.committedMicros());
      // a clock that runs ahead would end the telling
      newestMicros = Math.max(newestMicros, Math.min(eventTimeMicros, row.committedMicros()));
    }
  }

  boolean isDue() {
    return newestMicros != Long.MIN_VALUE
        && (toldMicros == Long.MIN_VALUE || newestMicros - toldMicros >= EVERY_MICROS);
  }

  /// The source's commit up to which outcomes are known, microseconds since 1970.
  long committedMicros() {
    return committedMicros;
  }

  /// That was sent.
  void told() {
    toldMicros = newestMicros;
  }
}
