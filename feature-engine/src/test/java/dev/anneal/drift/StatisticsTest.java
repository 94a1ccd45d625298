package dev.anneal.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.apache.datasketches.kll.KllFloatsSketch;
import org.junit.jupiter.api.Test;

class StatisticsTest {
  /// Golden vector A.
  private static final double[] REFERENCE =
      IntStream.range(0, 200).mapToDouble(i -> ((37 * i) % 100) / 10.0).sorted().toArray();

  private static final double[] CURRENT =
      IntStream.range(0, 80)
          .mapToDouble(i -> 0.8 * ((53 * i + 11) % 100) / 10.0 + 1.5)
          .sorted()
          .toArray();

  private final Bins bins = Bins.deciles(REFERENCE);
  private final long[] reference = counts(REFERENCE);
  private final long[] current = counts(CURRENT);

  @Test
  void decilesOfGoldenVectorA() {
    assertThat(reference).containsExactly(20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 0, 0);
    assertThat(current).containsExactly(0, 5, 10, 10, 11, 9, 9, 11, 10, 5, 0, 0);
  }

  @Test
  void populationStabilityOfGoldenVectorA() {
    var stability = PopulationStability.of(reference, current, 200, 80);

    assertThat(stability.index()).isCloseTo(.336254, within(5e-7));
    assertThat(stability.chiSquare()).isCloseTo(19.2145, within(5e-5));
    assertThat(stability.degreesOfFreedom()).isEqualTo(9);
    assertThat(stability.pValue()).isCloseTo(.023429, within(5e-7));
    assertThat(PopulationStability.asEvidently(reference, current))
        .isCloseTo(.768899, within(5e-7));
  }

  @Test
  void kolmogorovSmirnovOfGoldenVectorA() {
    var each = each(REFERENCE, CURRENT);
    var test = KolmogorovSmirnov.ofBins(counts(each, REFERENCE), counts(each, CURRENT), 200, 80);

    assertThat(test.distance()).isCloseTo(.15, within(1e-12));
    assertThat(test.pValue()).isCloseTo(.139321, within(5e-7));
    // beside it: all orders of 200 and 80 counted, and the limit law without his correction
    assertThat(exactTail(200, 80, .15)).isCloseTo(.140912, within(5e-7));
    assertThat(KolmogorovSmirnov.upperTail(Math.sqrt(200 * 80 / 280.0) * .15))
        .isCloseTo(.152784, within(5e-7));
  }

  /// The share of the orders of n and m values whose distribution functions are d apart somewhere.
  private static double exactTail(int n, int m, double d) {
    var within = new double[m + 1]; // shares of the paths to (i, j) that stay nearer than d
    for (int i = 0; i <= n; i++) {
      for (int j = 0; j <= m; j++) {
        boolean near = Math.abs(i / (double) n - j / (double) m) < d - 1e-9;
        double fromLeft = i == 0 ? 0 : within[j] * i / (i + j);
        double fromBelow = j == 0 ? 0 : within[j - 1] * j / (i + j);
        within[j] = !near ? 0 : i + j == 0 ? 1 : fromLeft + fromBelow;
      }
    }
    return 1 - within[m];
  }

  @Test
  void kolmogorovSmirnovOfBinsAndSketchesIsNeverMoreThanOfValues() {
    var random = new SplittableRandom(1);
    for (int run = 0; run < 50; run++) {
      double shift = run / 50.0;
      double[] a = random.doubles(2_000).sorted().toArray();
      double[] b = random.doubles(500).map(x -> x + shift).sorted().toArray();
      var deciles = Bins.deciles(a);

      var each = each(a, b);
      double exact =
          KolmogorovSmirnov.ofBins(counts(each, a), counts(each, b), 2_000, 500).distance();
      double binned =
          KolmogorovSmirnov.ofBins(counts(deciles, a), counts(deciles, b), 2_000, 500).distance();
      double sketched = KolmogorovSmirnov.of(sketch(a), sketch(b), 2_000, 500).distance();

      assertThat(binned).isBetween(exact - .1, exact + 1e-12);
      assertThat(sketched).isBetween(Math.max(0, exact - .06), Math.max(1e-3, exact));
    }
  }

  @Test
  void aFeaturesSketchIsTheSameEachTimeAndNearItsValues() {
    // Given
    var random = new SplittableRandom(2);
    var rows = new float[20_000][1];
    Arrays.setAll(rows, _ -> new float[] {(float) random.nextGaussian()});
    float[] column = new float[rows.length];
    for (int i = 0; i < column.length; i++) {
      column[i] = rows[i][0];
    }

    // When
    var sketch = FeatureSketch.of("x", 0, new OneAsset(rows));
    var again = FeatureSketch.of("x", 0, new OneAsset(rows));

    // Then
    Arrays.sort(column);
    var kll = KllFloatsSketch.heapify(java.lang.foreign.MemorySegment.ofArray(sketch.kll()));
    assertThat(again).isEqualTo(sketch);
    assertThat(sketch.kll().length).isLessThan(1_000);
    assertThat(sketch.hoursOfWeek()).hasSize(168).allMatch(mean -> Math.abs(mean) < .5);
    for (int i = 0; i < column.length; i += 500) {
      assertThat(kll.getRank(column[i])).isCloseTo(i / 20_000.0, within(.006));
    }
    assertThat(sketch.kolmogorovSmirnov(shifted(column, 0), 20_000, 20_000).pValue())
        .isGreaterThan(.5);
    assertThat(sketch.kolmogorovSmirnov(shifted(column, .2f), 20_000, 20_000).pValue())
        .isLessThan(1e-6);
  }

  private static byte[] shifted(float[] values, float by) {
    var sketch = KllFloatsSketch.newHeapInstance(200);
    for (float value : values) {
      sketch.update(value + by);
    }
    return sketch.toByteArray();
  }

  @Test
  void wassersteinOfGoldenVectorA() {
    double sigma =
        Math.sqrt(
            IntStream.range(0, 100).mapToDouble(i -> i / 10.0 - 4.95).map(d -> d * d).sum() / 100);
    double distance =
        Wasserstein.ofBins(profile(CURRENT), counts(each(REFERENCE, CURRENT), CURRENT));

    assertThat(distance).isCloseTo(.633, within(5e-7));
    assertThat(Wasserstein.normed(distance, sigma)).isCloseTo(.219289, within(5e-7));
    assertThat(Wasserstein.normed(distance, 0)).isCloseTo(633, within(5e-4));
  }

  @Test
  void winsorisedWassersteinDoesNotCountOutliers() {
    double[] outlier = CURRENT.clone();
    outlier[79] = 1e6;

    double distance =
        Wasserstein.ofBins(profile(outlier), counts(each(REFERENCE, outlier), outlier));

    assertThat(distance).isCloseTo(.64, within(.02));
  }

  /// Golden vector A's reference, winsorised at its extremes.
  private static FeatureProfile profile(double[] other) {
    var each = each(REFERENCE, other);
    var extent = new Extent(0, 0, 9.9, 9.9, 0);
    var counts = Arrays.stream(counts(each, REFERENCE)).boxed().toList();
    return new FeatureProfile("x", each, counts, 4.95, 2.89, 1, 0, extent);
  }

  /// A bin for each value, so that what is computed of bins is that of the values.
  private static Bins each(double[] a, double[] b) {
    return Bins.of(
        DoubleStream.concat(Arrays.stream(a), Arrays.stream(b))
            .flatMap(x -> DoubleStream.of(x, Math.nextUp(x)))
            .sorted()
            .distinct()
            .boxed()
            .toList());
  }

  @Test
  void wassersteinOverBinsIsNearThatOfValues() {
    var rows = new float[200][1];
    Arrays.setAll(rows, i -> new float[] {((37 * i) % 100) / 10f});
    var profile =
        ReferenceProfile.build(
                java.util.List.of("x"), new double[1], new OneAsset(rows), null, null)
            .features()
            .getFirst();

    double binned = Wasserstein.ofBins(profile, counts(profile.bins(), CURRENT));

    assertThat(binned).isCloseTo(.633, within(.05));
  }

  @Test
  void jensenShannonOfGoldenVectorA() {
    double distance = JensenShannon.distance(reference, current);

    assertThat(distance).isCloseTo(.210836, within(5e-7));
    assertThat(JensenShannon.toBase2(distance)).isCloseTo(.253240, within(5e-7));
    assertThat(JensenShannon.distance(new long[] {9, 0}, new long[] {0, 3}))
        .isCloseTo(Math.sqrt(Math.log(2)), within(1e-15));
  }

  @Test
  void contingencyOfGoldenVectorB() {
    var test = Contingency.of(new long[] {50, 30, 20}, new long[] {20, 25, 15}, 100, 60);

    assertThat(test.chiSquare()).isCloseTo(4.294372, within(5e-7));
    assertThat(test.pValue()).isCloseTo(.116812, within(5e-7));
    assertThat(test.degreesOfFreedom()).isEqualTo(2);
  }

  @Test
  void contingencyPoolsWhatIsRareAndNeedsTwoColumns() {
    var pooled =
        Contingency.of(new long[] {50, 46, 2, 1, 1}, new long[] {30, 26, 1, 1, 2}, 100, 60);

    assertThat(pooled.degreesOfFreedom()).isEqualTo(2);
    assertThat(Contingency.of(new long[] {50}, new long[] {20}, 50, 20).pValue()).isEqualTo(1);
    assertThat(Contingency.of(new long[] {5, 5}, new long[] {0, 0}, 10, 0).pValue()).isEqualTo(1);
  }

  @Test
  void effectiveSizesMakeEveryTestLessSure() {
    long[] a = {500, 500};
    long[] b = {60, 40};

    assertThat(Contingency.of(a, b, 1_000, 100).pValue()).isLessThan(.06);
    assertThat(Contingency.of(a, b, 100, 10).pValue()).isGreaterThan(.5);
    assertThat(KolmogorovSmirnov.ofBins(a, b, 1_000, 100).pValue())
        .isLessThan(KolmogorovSmirnov.ofBins(a, b, 100, 10).pValue());
  }

  private static KllFloatsSketch sketch(double[] values) {
    var sketch = KllFloatsSketch.newHeapInstance(200);
    Arrays.stream(values).forEach(value -> sketch.update((float) value));
    return sketch;
  }

  private long[] counts(double[] values) {
    return counts(bins, values);
  }

  private static long[] counts(Bins bins, double[] values) {
    var counts = new long[bins.count()];
    Arrays.stream(values).forEach(value -> counts[bins.binOf(value)]++);
    return counts;
  }
}
