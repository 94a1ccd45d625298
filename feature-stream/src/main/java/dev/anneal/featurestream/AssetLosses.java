package dev.anneal.featurestream;

import dev.anneal.policy.EventTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// How wrong a version is on one asset, once what it foretold would have happened.
///
/// The score of a row says whether a failure follows within the horizon; the label of the row is 1
/// when one does, as in training. Scores of neighbouring rows, and labels within one horizon,
/// repeat each other, and a detector takes its inputs for independent: so it hears one number per
/// asset and horizon of event time, the mean squared difference of [#SAMPLES] scores and their
/// labels.
///
/// @param deploymentId whose scores these are
/// @param samples scores without a label yet, oldest first
record AssetLosses(String deploymentId, List<Sample> samples) {
  /// Scores looked at per asset and horizon, at most.
  static final int SAMPLES = 24;

  // ten horizons whose outcomes are awaited, or as long as it takes to know those of a short one
  private static final int MOST_SAMPLES = 10 * SAMPLES;

  // a failure is known when the source has written it down
  private static final long GRACE_MICROS = EventTime.HOUR_MICROS;

  // of ingest's progress, which comes each hour: one that was just missed, and the next
  private static final long PROGRESS_MICROS = 2 * EventTime.HOUR_MICROS;

  /// @param micros event time of the scored row
  /// @param scoredMicros when it was scored
  record Sample(long micros, double score, long scoredMicros) {
    /// Whether all outcomes that the source had committed when it was scored are among those known.
    private boolean isFollowed(long knownMicros) {
      return Math.max(micros, scoredMicros) <= knownMicros;
    }
  }

  /// @param startMicros of the horizon of event time that the loss is of
  /// @param loss in [0, 1]
  /// @param first of the horizon: labels of one horizon repeat each other
  record Loss(long startMicros, double loss, Labelled first) {}

  /// A score and what came true.
  record Labelled(double score, boolean failed) {
    private double loss() {
      double off = score - (failed ? 1 : 0);
      return Math.min(1, off * off);
    }
  }

  /// Losses that are known, and what is left.
  record Matured(AssetLosses rest, List<Loss> losses) {}

  AssetLosses {
    samples = List.copyOf(samples);
  }

  static AssetLosses none(String deploymentId) {
    return new AssetLosses(deploymentId, List.of());
  }

  /// Whether a score of this time is the first of its part of the horizon.
  boolean wants(long micros, long horizonMicros) {
    long part = partMicros(horizonMicros);
    return samples.isEmpty()
        || Math.floorDiv(micros, part) > Math.floorDiv(samples.getLast().micros(), part);
  }

  /// A loss is known two horizons and more after its first score, which has to be there still: of a
  /// short horizon, fewer scores are taken.
  private static long partMicros(long horizonMicros) {
    long awaited = 2 * horizonMicros + GRACE_MICROS + PROGRESS_MICROS;
    return Math.max(horizonMicros / SAMPLES, awaited / MOST_SAMPLES);
  }

  AssetLosses with(Sample sample) {
    var more = new ArrayList<>(samples);
    more.add(sample);
    return new AssetLosses(
        deploymentId, more.subList(Math.max(0, more.size() - MOST_SAMPLES), more.size()));
  }

  /// A horizon is over when a score of an hour after it is followed by what the source committed
  /// until then: with the scores alone, outcomes that are read later would count as none.
  ///
  /// @param knownMicros commit of the source up to which outcomes are known
  /// @param failures event times of the asset's failures, ascending
  Matured mature(long knownMicros, long horizonMicros, long[] failures) {
    long nowMicros =
        samples.stream()
            .filter(sample -> sample.isFollowed(knownMicros))
            .mapToLong(Sample::micros)
            .max()
            .orElse(Long.MIN_VALUE);
    var losses = new ArrayList<Loss>();
    int from = 0;
    while (from < samples.size()) {
      long block = Math.floorDiv(samples.get(from).micros(), horizonMicros);
      if ((block + 2) * horizonMicros + GRACE_MICROS > nowMicros) {
        break;
      }
      var first = labelled(samples.get(from), horizonMicros, failures);
      double sum = first.loss();
      int to = from + 1;
      for (; to < samples.size() && isIn(block, samples.get(to), horizonMicros); to++) {
        sum += labelled(samples.get(to), horizonMicros, failures).loss();
      }
      losses.add(new Loss(block * horizonMicros, sum / (to - from), first));
      from = to;
    }
    var rest = new AssetLosses(deploymentId, samples.subList(from, samples.size()));
    return new Matured(from == 0 ? this : rest, losses);
  }

  private static boolean isIn(long block, Sample sample, long horizonMicros) {
    return Math.floorDiv(sample.micros(), horizonMicros) == block;
  }

  /// Failed when a failure follows in (time, time + horizon].
  private static Labelled labelled(Sample sample, long horizonMicros, long[] failures) {
    int at = Arrays.binarySearch(failures, sample.micros() + 1);
    int next = at >= 0 ? at : -at - 1;
    boolean failed = next < failures.length && failures[next] <= sample.micros() + horizonMicros;
    return new Labelled(sample.score(), failed);
  }
}
