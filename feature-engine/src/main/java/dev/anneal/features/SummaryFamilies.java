package dev.anneal.features;

import java.util.ArrayList;
import java.util.List;

/// The families that a specification's statistics need, their cells one behind the other.
final class SummaryFamilies {
  private final Summary[] families;
  private final int[] offsets;
  private final int cells;
  private final double[] scratch;

  SummaryFamilies(FeatureTargets targets) {
    this.families = families(targets).toArray(Summary[]::new);
    this.offsets = new int[families.length];
    int at = 0;
    for (int i = 0; i < families.length; i++) {
      offsets[i] = at;
      at += families[i].cells();
    }
    this.cells = at;
    this.scratch = new double[cells];
  }

  private static List<Summary> families(FeatureTargets targets) {
    var families = new ArrayList<Summary>();
    if (targets.hasAny(Statistic.MEAN, Statistic.STD)) {
      families.add(new Moments(targets));
    }
    if (targets.hasAny(Statistic.MIN, Statistic.MAX)) {
      families.add(new Extremes(targets));
    }
    if (targets.hasAny(Statistic.SLOPE)) {
      families.add(new Trend(targets));
    }
    if (targets.hasAny(Statistic.LAST, Statistic.COUNT)) {
      families.add(new Tally(targets));
    }
    if (targets.hasAny(Statistic.TIME_WEIGHTED_MEAN)) {
      families.add(new TimeWeighted(targets));
    }
    return families;
  }

  int cells() {
    return cells;
  }

  void clear(double[] to, int at) {
    for (int i = 0; i < families.length; i++) {
      families[i].clear(to, at + offsets[i]);
    }
  }

  void append(double[] to, int at, double[] values, int offset, long time) {
    for (int i = 0; i < families.length; i++) {
      families[i].append(to, at + offsets[i], values, offset, time);
    }
  }

  void prepend(double[] to, int at, double[] values, int offset, long time) {
    for (int i = 0; i < families.length; i++) {
      families[i].prepend(to, at + offsets[i], values, offset, time);
    }
  }

  void join(double[] to, int at, double[] behind, int behindAt) {
    for (int i = 0; i < families.length; i++) {
      families[i].join(to, at + offsets[i], behind, behindAt + offsets[i]);
    }
  }

  void write(double[] from, WindowEdge edge, float[] vector, int to) {
    for (int i = 0; i < families.length; i++) {
      families[i].write(from, offsets[i], edge, vector, to);
    }
  }

  void scan(RowScan scan, float[] vector) {
    for (int i = 0; i < families.length; i++) {
      families[i].scan(scan, scratch, offsets[i], vector);
    }
  }
}
