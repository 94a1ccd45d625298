package dev.anneal.drift;

import java.util.Arrays;

/// One sensor's counts in one window, as shares.
record SensorWindow(SensorCounts counts, int sensor) {
  long rows() {
    return counts.rows();
  }

  double untrustedShare() {
    return counts.untrusted() / (double) rows();
  }

  double missingShare() {
    return (of(SensorCounts.MISSING) + of(SensorCounts.NON_FINITE)) / (double) rows();
  }

  long finite() {
    return rows() - of(SensorCounts.MISSING) - of(SensorCounts.NON_FINITE);
  }

  double stuckShare() {
    return of(SensorCounts.STUCK) / (double) finite();
  }

  long far() {
    return of(SensorCounts.FAR);
  }

  double farShare() {
    return far() / (double) finite();
  }

  long farRuns() {
    return of(SensorCounts.FAR_RUNS);
  }

  long[] bins() {
    long[] all = counts.ofSensor(sensor);
    return Arrays.copyOfRange(all, SensorCounts.FIRST_BIN, all.length);
  }

  private long of(int what) {
    return counts.ofSensor(sensor)[what];
  }
}
