package dev.anneal.bench.features;

import dev.anneal.bench.Scale;
import dev.anneal.bench.features.Contestant.Kind;
import java.util.ArrayList;
import java.util.List;

/// Who runs, and for how long. Rates are of the rows after the windows are full and the JVM is
/// warm; who is slow makes fewer.
final class Field {
  private static final int MILLION = 1_000_000;

  private Field() {}

  /// Telemetry that has to be there.
  static int rows(List<Contestant> contestants) {
    return contestants.stream().mapToInt(Contestant::rows).max().orElse(0) + MILLION / 50;
  }

  static List<Contestant> of(Profile profile, Scale scale) {
    return profile == Profile.S ? small(scale) : medium(scale);
  }

  private static List<Contestant> small(Scale scale) {
    int rows = scale.choose(MILLION * 2 / 5, 6 * MILLION);
    int warm = scale.choose(MILLION / 5, 4 * MILLION); // compilers take part of a core for 15 s
    int slowRows = scale.choose(MILLION / 20, MILLION / 4);
    int slowWarm = scale.choose(MILLION / 50, MILLION / 10);
    var all = new ArrayList<Contestant>();
    all.add(new Contestant("inflate loop", Kind.INFLATE, rows, warm));
    if (scale == Scale.FULL) {
      all.add(new Contestant("inflate loop, plain floats", Kind.INFLATE_PLAIN, rows, warm));
      all.add(new Contestant("raw copy loop", Kind.COPY, rows, warm));
      all.add(new Contestant("Streams, pass-through", Kind.PASS, rows, warm));
    }
    all.add(new Contestant("Anneal, at-least-once", Kind.ANNEAL_AT_LEAST_ONCE, rows, warm));
    all.add(new Contestant("Anneal, exactly-once", Kind.ANNEAL_EXACTLY_ONCE, rows, warm));
    all.add(new Contestant("Streams, window store", Kind.WINDOW_STORE, slowRows, slowWarm));
    if (FlinkPeer.isThere()) {
      all.add(new Contestant("Flink, Anneal's kernel", Kind.FLINK_KERNEL, rows, warm));
      if (scale == Scale.FULL) {
        all.add(new Contestant("Flink, MapState", Kind.FLINK_MAP_STATE, slowRows, slowWarm));
      }
    }
    return all;
  }

  /// Only in full: the windows of the slow ones alone take half a minute to fill.
  private static List<Contestant> medium(Scale scale) {
    if (scale == Scale.QUICK) {
      return List.of();
    }
    int rows = 4 * MILLION;
    int warm = 3 * MILLION;
    int full = Profile.M.rowsToFill();
    var all = new ArrayList<Contestant>();
    all.add(new Contestant("inflate loop", Kind.INFLATE, rows, warm));
    all.add(new Contestant("Anneal, at-least-once", Kind.ANNEAL_AT_LEAST_ONCE, rows, warm));
    all.add(new Contestant("Anneal, exactly-once", Kind.ANNEAL_EXACTLY_ONCE, rows, warm));
    all.add(
        new Contestant(
            "Streams, window store", Kind.WINDOW_STORE, full + MILLION / 40, full + MILLION / 200));
    if (FlinkPeer.isThere()) {
      all.add(new Contestant("Flink, Anneal's kernel", Kind.FLINK_KERNEL, rows, warm));
      all.add(
          new Contestant(
              "Flink, MapState", Kind.FLINK_MAP_STATE, full + MILLION / 80, full + MILLION / 400));
    }
    return all;
  }
}
