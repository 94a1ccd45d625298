package dev.anneal.features;

import static dev.anneal.features.Acceptance.ACCEPTED;
import static dev.anneal.features.Acceptance.CORRECTION;
import static dev.anneal.features.Acceptance.DUPLICATE;
import static dev.anneal.features.Acceptance.LATE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AssetFeaturesTest {
  private static final long SECOND = 1_000_000;
  private static final RowLimits NO_GRACE = new RowLimits(0, 3600);

  private record Row(long time, double[] values) {}

  @Test
  void namesFeaturesInTheOrderOfTheVector() {
    var specification =
        FeatureSpecification.of(
            List.of("temperature", "pressure"), List.of(60), List.of("5", "10m"));

    assertThat(specification.names())
        .hasSize(specification.width())
        .startsWith(
            "temperature",
            "temperature_lag_60s",
            "temperature_mean_5",
            "temperature_std_5",
            "temperature_min_5",
            "temperature_max_5",
            "temperature_slope_5",
            "temperature_mean_10m")
        .endsWith("pressure_slope_10m", "staleness_s");
  }

  @Test
  void saysWhatIsWrongWithASpecification() {
    assertThatThrownBy(() -> FeatureSpecification.of(List.of(), List.of(), List.of()))
        .hasMessage("a model needs at least one sensor");
    assertThatThrownBy(() -> FeatureSpecification.of(List.of("t"), List.of(0), List.of()))
        .hasMessageContaining("lag must be 1 to");
    assertThatThrownBy(() -> FeatureSpecification.of(List.of("t"), List.of(), List.of("ten")))
        .hasMessageContaining("'ten'");
    assertThatThrownBy(() -> FeatureSpecification.of(List.of("t"), List.of(), List.of("900000")))
        .hasMessageContaining("1 to 32768 rows");
    assertThatThrownBy(() -> FeatureSpecification.of(List.of("t"), List.of(60, 60), List.of()))
        .hasMessage("feature t_lag_60s is there twice");
  }

  @Test
  void computesKnownValues() {
    // Given
    var specification = FeatureSpecification.of(List.of("t"), List.of(60), List.of("3", "2m"));
    var features = new AssetFeatures(specification);

    // When
    features.add(0, 1, new double[] {1});
    features.add(60 * SECOND, 2, new double[] {2});
    features.add(120 * SECOND, 3, new double[] {6});
    var vector = vector(features, specification);

    // Then
    assertThat(vector)
        .usingElementComparator((a, b) -> Math.abs(a - b) < 1e-6 ? 0 : Float.compare(a, b))
        .containsExactly(
            6f,
            2f,
            3f,
            (float) Math.sqrt(14.0 / 3),
            1f,
            6f,
            2.5f / 60,
            4f,
            2f,
            2f,
            6f,
            4f / 60,
            60f);
  }

  @Test
  void firstRowHasNoLagNoSlopeNoStalenessAndNoSpread() {
    var specification = FeatureSpecification.of(List.of("t"), List.of(60), List.of("3"));
    var features = new AssetFeatures(specification);

    features.add(0, 1, new double[] {5});

    float missing = Float.NaN;
    assertThat(vector(features, specification))
        .containsExactly(5, missing, 5, 0, 5, 5, missing, missing);
  }

  @Test
  void skipsMissingAndInfiniteValuesInWindows() {
    var specification = FeatureSpecification.of(List.of("t"), List.of(), List.of("3"));
    var features = new AssetFeatures(specification);

    features.add(0, 1, new double[] {Double.NaN});
    features.add(SECOND, 2, new double[] {Double.POSITIVE_INFINITY});
    assertThat(vector(features, specification))
        .startsWith(Float.NaN, Float.NaN, Float.NaN, Float.NaN, Float.NaN);
    features.add(2 * SECOND, 3, new double[] {4});

    assertThat(vector(features, specification)).startsWith(4, 4, 0, 4, 4);
  }

  @Test
  void tellsDuplicatesFromLateRows() {
    var features =
        new AssetFeatures(
            FeatureSpecification.of(List.of("t"), List.of(), List.of("3")).with(NO_GRACE));

    assertThat(features.add(10, 7, new double[] {1})).isEqualTo(ACCEPTED);
    assertThat(features.add(10, 7, new double[] {1})).isEqualTo(DUPLICATE);
    assertThat(features.add(9, 6, new double[] {1})).isEqualTo(DUPLICATE);
    assertThat(features.add(9, 8, new double[] {1})).isEqualTo(LATE);
    assertThat(features.add(11, 8, new double[] {1})).isEqualTo(ACCEPTED);
    assertThat(features.retainedRows()).isEqualTo(2);
  }

  @Test
  void anOlderRowOfTheSameSnapshotIsLate() {
    var features =
        new AssetFeatures(
            FeatureSpecification.of(List.of("t"), List.of(), List.of("3")).with(NO_GRACE));
    features.add(10, 7, new double[] {1});
    features.add(30, 7, new double[] {3});

    assertThat(features.add(20, 7, new double[] {2})).isEqualTo(LATE);
    assertThat(features.add(5, 7, new double[] {2})).isEqualTo(LATE);
    assertThat(features.add(10, 7, new double[] {1})).isEqualTo(DUPLICATE);
  }

  @Test
  void aRowReadAgainIsADuplicateAndAnotherContentIsACorrection() {
    var features =
        new AssetFeatures(
            FeatureSpecification.of(List.of("t"), List.of(), List.of("3")).with(NO_GRACE));
    features.add(10, 7, new double[] {1});
    features.add(20, 8, new double[] {Double.NaN});

    assertThat(features.add(10, 50, new double[] {1})).isEqualTo(DUPLICATE);
    assertThat(features.add(20, 50, new double[] {Double.NaN})).isEqualTo(DUPLICATE);
    assertThat(features.add(10, 6, new double[] {9})).isEqualTo(DUPLICATE);
    assertThat(features.add(10, 7, new double[] {9})).isEqualTo(CORRECTION);
    assertThat(features.add(20, 50, new double[] {9})).isEqualTo(CORRECTION);
    assertThat(vector(features, FeatureSpecification.of(List.of("t"), List.of(), List.of("3")))[1])
        .isEqualTo(1);
  }

  @Test
  void keepsPrecisionOnLargeOffsets() {
    var specification = FeatureSpecification.of(List.of("t"), List.of(), List.of("1000"));
    var features = new AssetFeatures(specification);
    for (int i = 0; i < 1000; i++) {
      features.add(i * SECOND, i, new double[] {1e12 + (i % 2)});
    }

    assertThat(vector(features, specification)[2]).isCloseTo(.5f, within(1e-6f));
  }

  @Test
  void holdsNoMoreThanItsLimit() {
    var specification = FeatureSpecification.of(List.of("t"), List.of(60), List.of("1d"));
    var features = new AssetFeatures(specification);
    for (int i = 0; i < AssetFeatures.MAX_ROWS + 10; i++) {
      features.add(i, i, new double[] {i});
    }

    assertThat(features.retainedRows()).isEqualTo(AssetFeatures.MAX_ROWS);
    assertThat(vector(features, specification)[4]).isEqualTo(10f);
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
  void agreesWithPlainRecomputationAndWithItsOwnReplay(long seed) {
    var random = new SplittableRandom(seed);
    var specification = randomSpecification(random);
    var features = new AssetFeatures(specification);
    var rows = new ArrayList<Row>();
    long time = random.nextLong(1L << 50);
    for (int i = 0; i < 400; i++) {
      time +=
          random.nextInt(10) == 0
              ? random.nextLong(600 * SECOND) + 1
              : random.nextLong(9 * SECOND) + 1;
      var row = new Row(time, randomValues(random, specification.sensors().size()));
      rows.add(row);
      assertThat(features.add(row.time(), i, row.values())).isEqualTo(ACCEPTED);
      var vector = vector(features, specification);

      assertThat(vector)
          .usingElementComparator(AssetFeaturesTest::nearly)
          .containsExactly(Recomputation.vector(specification, times(rows), values(rows)));
      if (i % 20 == 0) {
        var held = rows.subList(rows.size() - features.retainedRows(), rows.size());
        assertThat(vector(replay(specification, held), specification))
            .containsExactly(vector); // the same bits
      }
    }
  }

  private static AssetFeatures replay(FeatureSpecification specification, List<Row> rows) {
    var features = new AssetFeatures(specification);
    rows.forEach(row -> features.add(row.time(), 0, row.values()));
    return features;
  }

  private static FeatureSpecification randomSpecification(SplittableRandom random) {
    var sensors = List.of("a", "b", "c").subList(0, 1 + random.nextInt(3));
    var lags = random.ints(random.nextInt(3), 1, 300).distinct().boxed().toList();
    var windows = new ArrayList<String>();
    for (int i = random.nextInt(4); i > 0; i--) {
      String window =
          1 + random.nextInt(40) + (random.nextBoolean() ? "" : random.nextBoolean() ? "s" : "m");
      if (!windows.contains(window)) {
        windows.add(window);
      }
    }
    return FeatureSpecification.of(sensors, lags, windows);
  }

  private static double[] randomValues(SplittableRandom random, int sensors) {
    return random
        .doubles(sensors)
        .map(u -> u < .1 ? Double.NaN : u < .12 ? Double.NEGATIVE_INFINITY : 1e6 + 100 * u)
        .toArray();
  }

  private static int nearly(float a, float b) {
    boolean near = Float.compare(a, b) == 0 || Math.abs(a - b) <= 1e-5f * Math.max(1, Math.abs(a));
    return near ? 0 : Float.compare(a, b);
  }

  private static long[] times(List<Row> rows) {
    return rows.stream().mapToLong(Row::time).toArray();
  }

  private static double[][] values(List<Row> rows) {
    return rows.stream().map(Row::values).toArray(double[][]::new);
  }

  private static float[] vector(AssetFeatures features, FeatureSpecification specification) {
    var vector = new float[specification.width()];
    features.computeInto(vector);
    return vector;
  }
}
