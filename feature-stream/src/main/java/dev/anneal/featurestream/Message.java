package dev.anneal.featurestream;

import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/// What the rows, losses and scores of one partition tell the policy of a model, over the internal
/// topic.
sealed interface Message {
  /// Rows seen since the last progress.
  ///
  /// @param rowsByHour by the hour of event time
  /// @param newestMicros newest event time in the partition, microseconds since 1970
  record Progress(SortedMap<Long, Long> rowsByHour, long newestMicros) implements Message {}

  /// A partition begins to count rows against a deployment's reference. Days before `fromDay` are
  /// not whole there.
  ///
  /// @param sensors of the model as the partition knows it
  record CountingStarted(
      int partition, String deploymentId, long deployedAtMicros, List<String> sensors, long fromDay)
      implements Message {
    public CountingStarted {
      sensors = Objects.requireNonNullElse(sensors, List.of()); // sent before they were told
    }
  }

  /// A partition's rows of all days up to `closedThroughDay` are counted; those of `day` are these.
  ///
  /// @param ofSensors the model's as the partition knows them, in the order of `sensors`
  /// @param counts per feature of the deployment's reference, per bin; empty when the day had no
  ///     rows
  /// @param sensors what was counted of the sensors themselves; empty where nothing was
  record DayCounts(
      int partition,
      String deploymentId,
      long deployedAtMicros,
      List<String> ofSensors,
      long day,
      long closedThroughDay,
      long rows,
      List<List<Long>> counts,
      List<List<Long>> sensors)
      implements Message {
    public DayCounts {
      ofSensors = Objects.requireNonNullElse(ofSensors, List.of()); // sent before they were told
    }
  }

  /// What the counts of a version's scores tell, as those of features do.
  record OfScores(Message message) implements Message {}

  /// How wrong a version was on one asset in one horizon of event time.
  ///
  /// @param startMicros of that, microseconds since 1970
  /// @param loss in [0, 1]
  /// @param first of its scores; null where it was sent before it was told
  record Loss(
      String deploymentId,
      String version,
      long deployedAtMicros,
      long startMicros,
      double loss,
      AssetLosses.@Nullable Labelled first)
      implements Message {}
}
