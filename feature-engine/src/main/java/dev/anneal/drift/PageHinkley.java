package dev.anneal.drift;

import java.nio.ByteBuffer;

/// Page-Hinkley's test, and a mirrored copy for falls: a sum of how far inputs lie above (below)
/// their mean, less a tolerance, alarms when it has grown large. The sums are held at 0 from below,
/// so that a long good time does not have to be paid back first; MOA's are not.
public final class PageHinkley implements Detector {
  private static final double TOLERANCE = .005;
  private static final double FORGETTING = .9999;
  private static final double LIMIT = 50;
  private static final int MINIMUM_INPUTS = 30;

  private final double floor;
  private final Side rise = new Side(1);
  private final Side fall = new Side(-1);
  private long located;

  public PageHinkley() {
    this(0);
  }

  /// @param floor of the sums, -∞ as in MOA
  PageHinkley(double floor) {
    this.floor = floor;
  }

  /// The test for one direction.
  private final class Side {
    private final int sign;
    private long next = 1;
    private double mean;
    private double sum;
    private long from; // event time of the first input after the sum was at its floor

    Side(int sign) {
      this.sign = sign;
    }

    boolean alarms(double value, long eventTimeMicros) {
      mean += (value - mean) / next;
      from = next > 1 && sum > floor ? from : eventTimeMicros;
      sum = Math.max(floor, FORGETTING * sum + (sign * (value - mean) - TOLERANCE));
      next++;
      return next >= MINIMUM_INPUTS && sum > LIMIT;
    }

    void forget() {
      located = from;
      next = 1;
      mean = 0;
      sum = 0;
    }

    void write(ByteBuffer into) {
      into.putLong(next).putDouble(mean).putDouble(sum).putLong(from);
    }

    void read(ByteBuffer from) {
      next = from.getLong();
      mean = from.getDouble();
      sum = from.getDouble();
      this.from = from.getLong();
    }
  }

  @Override
  public Change add(double value, long eventTimeMicros) {
    located = located == 0 ? eventTimeMicros : located;
    boolean rose = rise.alarms(value, eventTimeMicros);
    boolean fell = fall.alarms(value, eventTimeMicros);
    if (fell) {
      fall.forget();
    }
    if (rose) {
      rise.forget();
      return Change.RISE;
    }
    return fell ? Change.FALL : Change.NONE;
  }

  @Override
  public long locatedMicros() {
    return located;
  }

  @Override
  public Kind kind() {
    return Kind.PAGE_HINKLEY;
  }

  @Override
  public int size() {
    return 10 * Long.BYTES;
  }

  @Override
  public void write(ByteBuffer into) {
    into.putDouble(floor).putLong(located);
    rise.write(into);
    fall.write(into);
  }

  static PageHinkley read(ByteBuffer from) {
    var read = new PageHinkley(from.getDouble());
    read.located = from.getLong();
    read.rise.read(from);
    read.fall.read(from);
    return read;
  }
}
