package dev.anneal.featurestream;

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
  /// Scores looked at per asset and horizon.
  static final int SAMPLES = 24;

  // a failure is known when the source has written it down
  private static final long GRACE_MICROS = 3_600_000_000L;

  /// @param micros event time of the scored row
  record Sample(long micros, double score) {}

  /// @param startMicros of the horizon of event time that the loss is of
  /// @param loss in [0, 1]
  record Loss(long startMicros, double loss) {}

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
    long part = Math.max(1, horizonMicros / SAMPLES);
    return samples.isEmpty()
        || Math.floorDiv(micros, part) > Math.floorDiv(samples.getLast().micros(), part);
  }

  AssetLosses with(Sample sample) {
    var more = new ArrayList<>(samples);
    more.add(sample);
    return new AssetLosses(deploymentId, more);
  }

  /// Failures that are read later than this change no label: outcomes are too rare to tell how far
  /// they have come.
  ///
  /// @param nowMicros event time that the asset has reached
  /// @param failures event times of the asset's failures, ascending
  Matured mature(long nowMicros, long horizonMicros, long[] failures) {
    var losses = new ArrayList<Loss>();
    int from = 0;
    while (from < samples.size()) {
      long block = Math.floorDiv(samples.get(from).micros(), horizonMicros);
      if ((block + 2) * horizonMicros + GRACE_MICROS > nowMicros) {
        break;
      }
      double sum = 0;
      int to = from;
      for (; to < samples.size() && isIn(block, samples.get(to), horizonMicros); to++) {
        double off = samples.get(to).score() - label(samples.get(to), horizonMicros, failures);
        sum += Math.min(1, off * off);
      }
      losses.add(new Loss(block * horizonMicros, sum / (to - from)));
      from = to;
    }
    var rest = new AssetLosses(deploymentId, samples.subList(from, samples.size()));
    return new Matured(from == 0 ? this : rest, losses);
  }

  private static boolean isIn(long block, Sample sample, long horizonMicros) {
    return Math.floorDiv(sample.micros(), horizonMicros) == block;
  }

  /// 1 when a failure follows in (time, time + horizon].
  private static int label(Sample sample, long horizonMicros, long[] failures) {
    int at = Arrays.binarySearch(failures, sample.micros() + 1);
    int next = at >= 0 ? at : -at - 1;
    boolean failed = next < failures.length && failures[next] <= sample.micros() + horizonMicros;
    return failed ? 1 : 0;
  }
}
