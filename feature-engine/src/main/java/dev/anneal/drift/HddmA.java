package dev.anneal.drift;

import java.nio.ByteBuffer;

/// HDDM-A (Frías-Blanco and others 2015): compares the mean of all inputs with the mean up to where
/// it was surely lowest (highest), by Hoeffding's bound for numbers in [0, 1]. MOA's default warns
/// and alarms of rises only; a fall lets both forget.
public final class HddmA implements Detector {
  private static final double WARNING = 5; // times the significance

  private final double significance;
  private long inputs;
  private double sum;
  private long leastInputs;
  private double leastSum;
  private long mostInputs;
  private double mostSum;
  private long leastEnd; // event time of the first input after the lowest mean
  private long mostEnd;
  private long located;

  public HddmA() {
    this(Kind.HDDM_A.significance());
  }

  /// @param significance of an alarm
  HddmA(double significance) {
    this.significance = significance;
  }

  @Override
  public Change add(double value, long eventTimeMicros) {
    located = located == 0 ? eventTimeMicros : located;
    leastEnd = inputs == leastInputs ? eventTimeMicros : leastEnd;
    mostEnd = inputs == mostInputs ? eventTimeMicros : mostEnd;
    inputs++;
    sum += value;
    if (inputs == 1) {
      keepLeast();
      keepMost();
    }
    double bound = bound(inputs);
    if (leastSum / leastInputs + bound(leastInputs) >= sum / inputs + bound) {
      keepLeast();
    }
    if (mostSum / mostInputs - bound(mostInputs) <= sum / inputs - bound) {
      keepMost();
    }
    double rise = sum / inputs - leastSum / leastInputs;
    double fall = mostSum / mostInputs - sum / inputs;
    if (exceeds(rise, leastInputs, significance)) {
      located = leastEnd;
      forget();
      return Change.RISE;
    }
    if (exceeds(fall, mostInputs, significance)) {
      located = mostEnd;
      forget();
      return Change.FALL;
    }
    return exceeds(rise, leastInputs, WARNING * significance) ? Change.WARNING : Change.NONE;
  }

  private void keepLeast() {
    leastInputs = inputs;
    leastSum = sum;
  }

  private void keepMost() {
    mostInputs = inputs;
    mostSum = sum;
  }

  private double bound(long n) {
    return Math.sqrt(Math.log(1 / significance) / (2 * n));
  }

  private boolean exceeds(double difference, long before, double confidence) {
    double m = (inputs - before) / ((double) before * inputs);
    return inputs > before && difference >= Math.sqrt(m / 2 * Math.log(2 / confidence));
  }

  private void forget() {
    inputs = 0;
    sum = 0;
    leastInputs = 0;
    leastSum = 0;
    mostInputs = 0;
    mostSum = 0;
  }

  @Override
  public long locatedMicros() {
    return located;
  }

  @Override
  public Kind kind() {
    return Kind.HDDM_A;
  }

  @Override
  public int size() {
    return 9 * Long.BYTES;
  }

  @Override
  public void write(ByteBuffer into) {
    into.putLong(inputs).putDouble(sum).putLong(leastInputs).putDouble(leastSum);
    into.putLong(mostInputs).putDouble(mostSum).putLong(leastEnd).putLong(mostEnd).putLong(located);
  }

  static HddmA read(ByteBuffer from, double significance) {
    var read = new HddmA(significance);
    read.inputs = from.getLong();
    read.sum = from.getDouble();
    read.leastInputs = from.getLong();
    read.leastSum = from.getDouble();
    read.mostInputs = from.getLong();
    read.mostSum = from.getDouble();
    read.leastEnd = from.getLong();
    read.mostEnd = from.getLong();
    read.located = from.getLong();
    return read;
  }
}
