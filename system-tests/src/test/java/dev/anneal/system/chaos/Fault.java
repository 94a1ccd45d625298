package dev.anneal.system.chaos;

import dev.anneal.stage.FailPoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// One fault as it was drawn.
///
/// @param delayMillis after the moment
/// @param lastsMillis of faults that end by themselves
/// @param point of a [FaultKind#FAIL_POINT]
/// @param hit of that point
/// @param clock of a [FaultKind#MOVE_CLOCK], as faketime writes it
record Fault(
    FaultKind kind,
    Moment moment,
    long delayMillis,
    long lastsMillis,
    FailPoint point,
    int hit,
    String clock) {
  /// When it happens.
  enum Moment {
    ANY,
    IN_TRAINING,
    AFTER_TRAINED,
    IN_SWAP
  }

  private static final List<String> CLOCKS = List.of("-1h", "+1h", "+8d");
  private static final int LONGEST_DELAY_MILLIS = 3_000;
  private static final int LONGEST_START_MILLIS = 30_000;

  /// The same faults for the same seed.
  ///
  /// @param kinds to draw from
  /// @param lastsMillis of faults that end by themselves
  static List<Fault> draw(Random random, int count, List<FaultKind> kinds, long lastsMillis) {
    var faults = new ArrayList<Fault>();
    for (int i = 0; i < count; i++) {
      var kind =
          i == 0 && random.nextBoolean() && kinds.contains(FaultKind.KILL_AT_FIRST_START)
              ? FaultKind.KILL_AT_FIRST_START
              : later(random, kinds);
      faults.add(draw(random, kind, lastsMillis));
    }
    return faults;
  }

  private static FaultKind later(Random random, List<FaultKind> kinds) {
    var all = kinds.stream().filter(k -> k != FaultKind.KILL_AT_FIRST_START).toList();
    // fail points are many, so they come more often
    return random.nextInt(4) == 0 && all.contains(FaultKind.FAIL_POINT)
        ? FaultKind.FAIL_POINT
        : all.get(random.nextInt(all.size()));
  }

  static Fault draw(Random random, FaultKind kind, long lastsMillis) {
    var moment =
        kind.waitsForMoment()
            ? Moment.values()[random.nextInt(Moment.values().length)]
            : Moment.ANY;
    boolean isAtStart = kind == FaultKind.KILL_AT_START || kind == FaultKind.KILL_AT_FIRST_START;
    return new Fault(
        kind,
        moment,
        random.nextInt(
            isAtStart
                ? LONGEST_START_MILLIS
                : moment == Moment.ANY ? LONGEST_DELAY_MILLIS : LONGEST_DELAY_MILLIS / 10),
        lastsMillis,
        FailPoint.values()[random.nextInt(FailPoint.values().length)],
        1 + random.nextInt(3),
        CLOCKS.get(random.nextInt(CLOCKS.size())));
  }

  /// For the report.
  String detail() {
    return switch (kind) {
      case FAIL_POINT -> point.id() + "@" + hit;
      case MOVE_CLOCK -> clock + " for " + lastsMillis + " ms";
      case STOP_EVERYTHING, STOP_POSTGRES, STOP_REGISTRY, FILL_DISK -> "for " + lastsMillis + " ms";
      default -> "after " + delayMillis + " ms";
    };
  }
}
