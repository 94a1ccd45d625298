package dev.anneal.trainer;

import dev.anneal.features.RowLimits;
import dev.anneal.trainer.xgboost.DatasetWriter.Labels;
import dev.anneal.trainer.xgboost.Label;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// The failures in a cut of an organization's outcomes, and the commit of its source up to which
/// they are all there. For one thread.
final class KnownOutcomes {
  private static final long[] NONE = {};

  /// What a record of outcomes says.
  sealed interface Word {}

  /// An asset failed.
  record Failure(String asset, long eventTimeMicros, long knownTimeMicros) implements Word {}

  /// All outcomes that the source committed until then came before.
  record Progress(long committedMicros) implements Word {}

  private final RowLimits limits;
  private final int partitions;
  private final Map<Integer, Long> reached = new HashMap<>();
  private final Map<String, List<Failure>> failures = new HashMap<>();
  private long badEventTime;

  /// @param partitions of the outcomes; progress stands in each
  KnownOutcomes(RowLimits limits, int partitions) {
    this.limits = limits;
    this.partitions = partitions;
  }

  void add(int partition, Word word) {
    switch (word) {
      // the last one counts: a source that is read again says less for a while
      case Progress(long committedMicros) -> reached.put(partition, committedMicros);
      case Failure failure -> add(failure);
    }
  }

  private void add(Failure failure) {
    if (limits.isPlausible(failure.eventTimeMicros(), failure.knownTimeMicros())) {
      failures.computeIfAbsent(failure.asset(), _ -> new ArrayList<>()).add(failure);
    } else {
      badEventTime++; // the stream tells; one of 2099 would make the label of every row mature
    }
  }

  /// Failures from before 1970 or from the future.
  long badEventTime() {
    return badEventTime;
  }

  /// Largest known time of the failures, 0 without any.
  long asOfMicros() {
    return all().mapToLong(Failure::knownTimeMicros).max().orElse(0);
  }

  /// Whether all outcomes are here that the source had committed when it committed a row. With the
  /// rows alone, a failure that is read later would count as none. A source that has not said how
  /// far outcomes are known, because nothing of it but a snapshot was read, is taken to have
  /// sent all.
  boolean isFollowed(long eventTimeMicros, long knownTimeMicros) {
    return reached.size() < partitions
        || reached.values().stream().allMatch(r -> Math.max(eventTimeMicros, knownTimeMicros) <= r);
  }

  /// Once all was added.
  ///
  /// @param newestMicros event time of the newest row that is [followed][#isFollowed]
  Labels labels(long horizonMicros, long newestMicros) {
    long newest =
        all()
            .filter(f -> isFollowed(f.eventTimeMicros(), f.knownTimeMicros()))
            .mapToLong(Failure::eventTimeMicros)
            .reduce(newestMicros, Math::max);
    var times = new HashMap<String, long[]>();
    failures.forEach(
        (asset, list) ->
            times.put(asset, list.stream().mapToLong(Failure::eventTimeMicros).sorted().toArray()));
    return (asset, time) -> Label.of(time, horizonMicros, times.getOrDefault(asset, NONE), newest);
  }

  private Stream<Failure> all() {
    return failures.values().stream().flatMap(List::stream);
  }
}
