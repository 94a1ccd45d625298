package dev.anneal.drift;

import java.util.Arrays;

/// The last values of one asset's sensors, and for how many rows they have been the same. Held for
/// each asset beside [SensorCounts]; one that was lost begins anew and costs the asset's next few
/// rows their vote on stuck sensors. Mutable, for one thread.
public final class SensorMemory {
  /// From this many equal values in a row on, a value counts as stuck.
  public static final int STUCK_AFTER = 10;

  private final float[] last;
  private final int[] run;

  public SensorMemory(int sensors) {
    last = new float[sensors];
    run = new int[sensors];
    Arrays.fill(last, Float.NaN);
  }

  /// Remembers a value; a missing one ends a run.
  boolean isStuck(int sensor, double value) {
    float now = (float) value;
    int length = now == last[sensor] ? Math.min(run[sensor] + 1, STUCK_AFTER) : 1;
    last[sensor] = now;
    run[sensor] = length;
    return length == STUCK_AFTER;
  }

  /// What the sensor's last row had, NaN when missing or before the first.
  double last(int sensor) {
    return last[sensor];
  }
}
