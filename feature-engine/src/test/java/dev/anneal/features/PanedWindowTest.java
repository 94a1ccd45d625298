package dev.anneal.features;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Sums to the last bit of a double, which the float32 of a vector would hide.
class PanedWindowTest {
  private static final int SENSORS = 2;

  private static SummaryFamilies families() {
    var all = List.of(Statistic.values());
    return new SummaryFamilies(new FeatureTargets(SENSORS, all.size(), all));
  }

  private static RowRing ring() {
    return new RowRing(SENSORS, Integer.MAX_VALUE, Window.MAX_SECONDS, 0);
  }

  private static void add(RowRing ring, SplittableRandom random, long time) {
    double[] values = random.doubles(SENSORS).map(u -> u < .1 ? Double.NaN : 100 * u).toArray();
    ring.insert(ring.firstAfter(time), time, 0, values);
  }

  private static long[] sum(SummaryFamilies families, PanedWindow panes, RowRing ring, long from) {
    var sums = new double[families.cells()];
    panes.sum(ring, from, ring.end() - 1, sums);
    return Arrays.stream(sums).mapToLong(Double::doubleToRawLongBits).toArray();
  }

  private static RowRing only(RowRing ring, long from) {
    var rest = ring();
    for (long row = from; row < ring.end(); row++) {
      int offset = ring.offset(row);
      rest.add(ring.time(row), 0, Arrays.copyOfRange(ring.values(), offset, offset + SENSORS));
    }
    return rest;
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void sumsAreThoseOfAStateThatHasOnlyTheRowsOfTheWindow(long seed) {
    var random = new SplittableRandom(seed);
    var families = families();
    boolean isByTime = random.nextBoolean();
    int length = 5 + random.nextInt(300);
    var rule = PaneRule.of(Window.parse(isByTime ? length + "s" : length + ""));
    var panes = new PanedWindow(families, rule);
    var ring = ring();
    long time = random.nextLong(1L << 50);
    for (int i = 0; i < 3000; i++) {
      int kind = random.nextInt(1000);
      boolean isOvertaken = kind < 5 && i > 0;
      time += kind > 995 ? 400_000_000 : isOvertaken ? 0 : 1 + random.nextInt(2_000_000);
      add(ring, random, isOvertaken ? time - random.nextInt(9_000_000) - 1 : time);
      long oldest =
          isByTime
              ? ring.firstAfter(time - length * 1_000_000L)
              : Math.max(ring.first(), ring.end() - length);
      if (random.nextInt(10) > 0) {
        assertThat(sum(families, panes, ring, oldest))
            .isEqualTo(sum(families, new PanedWindow(families, rule), only(ring, oldest), 0));
      }
    }
  }
}
