package dev.anneal.ingest;

import dev.anneal.ingest.SourceRow.Operation;
import dev.anneal.schemas.Micros;
import java.time.InstantSource;

/// How far an organization's outcomes are known. They are rare: whether none came because nothing
/// failed, or because they were not read yet, only the log of the source tells, whose rows come in
/// the order of their commits. A snapshot reads table by table and tells nothing.
///
/// The last commit counts, and it was no later than it is read: clocks differ. One that lies
/// further ahead than they do is of a clock that ran ahead once, and says nothing: taken for now,
/// it would promise outcomes that come later in the log, where a backlog is read. It is this
/// clock that says so, and not that of whoever hears of it, so that a replay hears the same. For
/// one thread.
final class OutcomeProgress {
  /// Of event time, from one time it is told to the next.
  static final long EVERY_MICROS = 3_600_000_000L;

  /// What clocks differ by: a zone taken for another, at most.
  static final long MAX_AHEAD_MICROS = 24 * EVERY_MICROS;

  private final InstantSource clock;
  private long newestMicros = Long.MIN_VALUE;
  private long toldMicros = Long.MIN_VALUE;
  private long committedMicros = Long.MIN_VALUE;

  OutcomeProgress(InstantSource clock) {
    this.clock = clock;
  }

  /// A row of telemetry was sent, and so were all outcomes that the source committed before it.
  void passed(SourceRow row, long eventTimeMicros) {
    if (row.operation() == Operation.READ) {
      return;
    }
    long now = Micros.of(clock.instant());
    if (row.committedMicros() <= now + MAX_AHEAD_MICROS) {
      committedMicros = Math.min(row.committedMicros(), now);
      // a clock that runs ahead would end the telling
      newestMicros = Math.max(newestMicros, Math.min(eventTimeMicros, committedMicros));
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
