package dev.anneal.drift;

import java.nio.ByteBuffer;

/// The drift detection method (Gama and others 2004) over errors, 0 or 1: warns when the error rate
/// plus its deviation is 2 deviations above its minimum, alarms at 3. It sees rises only.
public final class Ddm implements Detector {
  private static final int MINIMUM_INPUTS = 30;
  private static final double WARNING = 2;
  private static final double DRIFT = 3;

  private long next = 1;
  private double rate = 1;
  private double leastRate = Double.MAX_VALUE;
  private double leastDeviation = Double.MAX_VALUE;
  private double least = Double.MAX_VALUE;
  private boolean warns;
  private long warnedFrom;
  private long located;

  @Override
  public Change add(double value, long eventTimeMicros) {
    located = located == 0 ? eventTimeMicros : located;
    rate += (value - rate) / next;
    double deviation = Math.sqrt(rate * (1 - rate) / next);
    next++;
    if (next < MINIMUM_INPUTS) {
      return Change.NONE;
    }
    if (rate + deviation <= least) {
      leastRate = rate;
      leastDeviation = deviation;
      least = rate + deviation;
    }
    if (next > MINIMUM_INPUTS && rate + deviation > leastRate + DRIFT * leastDeviation) {
      located = warns ? warnedFrom : eventTimeMicros;
      forget();
      return Change.RISE;
    }
    boolean warned = warns;
    warns = rate + deviation > leastRate + WARNING * leastDeviation;
    warnedFrom = warns && !warned ? eventTimeMicros : warnedFrom;
    return warns ? Change.WARNING : Change.NONE;
  }

  private void forget() {
    next = 1;
    rate = 1;
    leastRate = Double.MAX_VALUE;
    leastDeviation = Double.MAX_VALUE;
    least = Double.MAX_VALUE;
    warns = false;
  }

  @Override
  public long locatedMicros() {
    return located;
  }

  @Override
  public Kind kind() {
    return Kind.DDM;
  }

  @Override
  public int size() {
    return 7 * Long.BYTES + 1;
  }

  @Override
  public void write(ByteBuffer into) {
    into.putLong(next).putDouble(rate).putDouble(leastRate).putDouble(leastDeviation);
    into.putDouble(least).put((byte) (warns ? 1 : 0)).putLong(warnedFrom).putLong(located);
  }

  static Ddm read(ByteBuffer from) {
    var read = new Ddm();
    read.next = from.getLong();
    read.rate = from.getDouble();
    read.leastRate = from.getDouble();
    read.leastDeviation = from.getDouble();
    read.least = from.getDouble();
    read.warns = from.get() == 1;
    read.warnedFrom = from.getLong();
    read.located = from.getLong();
    return read;
  }
}
