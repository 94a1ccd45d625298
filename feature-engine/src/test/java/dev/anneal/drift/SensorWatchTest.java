package dev.anneal.drift;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.drift.SensorFault.Kind;
import dev.anneal.features.UnitConversion;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

class SensorWatchTest {
  private static final List<String> SENSORS =
      List.of("temperature", "temperature_in", "pressure", "speed");
  private static final int ASSETS = 5;
  private static final int ROWS = 1_440;

  private final ReferenceProfile reference =
      ReferenceProfile.build(SENSORS, new double[4], new Fleet(plant(1, 20_000)), null, null);
  private final SensorWatch watch = new SensorWatch(reference, SENSORS, SensorLimits.DEFAULT);

  /// What happens to a row's values.
  private interface Fault {
    void befall(int row, double[] values);
  }

  @Test
  void healthySensorsAndAChangedProcessAreNoFaults() {
    assertThat(watch.faults(count(2, (_, _) -> {}))).isEmpty();
    assertThat(watch.faults(count(3, (_, values) -> values[0] += 6))).isEmpty(); // 2 σ
    assertThat(watch.faults(count(4, (_, values) -> values[2] *= 1.5))).isEmpty();
    assertThat(watch.faults(watch.empty())).isEmpty();
  }

  @Test
  void aProcessThatLeavesItsRangeWithMostSensorsIsNoFault() {
    var faults =
        watch.faults(count(2, (_, values) -> Arrays.setAll(values, i -> values[i] * 2 + 700)));

    assertThat(faults).isEmpty();
  }

  @Test
  void aPlantThatStandsIsNoFault() {
    double[] atRest = {70, 60, 8, 0};

    assertThat(watch.faults(count(2, (_, values) -> Arrays.setAll(values, i -> atRest[i]))))
        .isEmpty();
  }

  @Test
  void aSetPointThatIsNotChangedIsNoFault() {
    // Given: changed every 200 rows in training
    var rows = new double[20_000][];
    Arrays.setAll(rows, row -> new double[] {1 + row / 1_000 % 7});
    var names = List.of("setpoint");
    var profile = ReferenceProfile.build(names, new double[1], new Fleet(rows), null, null);
    var ofSetPoint = new SensorWatch(profile, names, SensorLimits.DEFAULT);

    // When
    var counts = ofSetPoint.empty();
    var memory = new SensorMemory(1);
    for (int row = 0; row < ROWS; row++) {
      ofSetPoint.count(counts, new double[] {3}, true, memory);
    }

    // Then
    assertThat(ofSetPoint.faults(counts)).isEmpty();
  }

  @Test
  void everyKindOfFaultIsFoundInItsSensorOnly() {
    assertFault(Kind.STUCK, (row, values) -> values[0] = row % ASSETS == 0 ? 71.5 : values[0]);
    assertFault(Kind.OUTAGE, (row, values) -> values[0] = row > 1_000 ? Double.NaN : values[0]);
    assertFault(
        Kind.OUTAGE,
        (row, values) -> values[0] = row % 3 == 0 ? Double.POSITIVE_INFINITY : values[0]);
    assertFault(Kind.OUT_OF_RANGE, (row, values) -> values[0] = row > 1_200 ? -999 : values[0]);
    assertFault(Kind.SPIKES, (row, values) -> values[0] = row % 250 == 0 ? 32_767 : values[0]);
    assertFault(
        Kind.UNIT_CHANGE,
        (row, values) -> values[0] = row > 700 ? 1.8 * values[0] + 32 : values[0]);
  }

  private void assertFault(Kind kind, Fault fault) {
    var faults = watch.faults(count(5, fault));
    assertThat(faults)
        .as("%s: %s", kind, faults)
        .singleElement()
        .satisfies(
            found -> {
              assertThat(found.kind()).isEqualTo(kind);
              assertThat(found.sensor()).isEqualTo("temperature");
              assertThat(found.evidence()).matches(".*\\d.*");
            });
  }

  @Test
  void rowsThatTheirSourceDoesNotTrustAreAFaultOfAllTheirSensors() {
    // Given
    var counts = watch.empty();
    var memories = memories();

    // When
    double[][] rows = plant(6, ROWS);
    for (int row = 0; row < ROWS; row++) {
      watch.count(counts, rows[row], row % 4 != 0, memories[row % ASSETS]);
    }

    // Then
    assertThat(watch.faults(counts))
        .hasSize(4)
        .allSatisfy(fault -> assertThat(fault.kind()).isEqualTo(Kind.BAD_QUALITY));
  }

  @ParameterizedTest
  @FieldSource("dev.anneal.drift.UnitMistakes#ALL")
  void changesOfUnitAreNamed(UnitConversion conversion) {
    var faults = watch.faults(count(7, (_, values) -> values[0] = conversion.apply(values[0])));

    assertThat(faults)
        .singleElement()
        .satisfies(
            fault -> {
              assertThat(fault.kind()).isEqualTo(Kind.UNIT_CHANGE);
              assertThat(fault.evidence()).contains(conversion.text());
            });
  }

  @ParameterizedTest
  @CsvSource({"1, true", ".5, true", ".25, true", ".02, false"})
  void aChangeOfUnitIsFoundFromPartOfADay(double share, boolean found) {
    DoubleUnaryOperator toKelvin = UnitConversion.parse("°C → K")::apply;
    var faults =
        watch.faults(
            count(
                8,
                (row, values) ->
                    values[0] =
                        row >= (1 - share) * ROWS ? toKelvin.applyAsDouble(values[0]) : values[0]));

    assertThat(faults.stream().anyMatch(fault -> fault.kind() == Kind.UNIT_CHANGE))
        .isEqualTo(found);
  }

  @Test
  void countsAddUpOverPartitionsAndSurviveAsBytes() {
    // Given: each asset's rows are counted in a partition of its own
    var memories = memories();
    var parts = new SensorCounts[ASSETS];
    Arrays.setAll(parts, _ -> watch.empty());
    double[][] rows = plant(9, ROWS);
    for (int row = 0; row < ROWS; row++) {
      watch.count(parts[row % ASSETS], rows[row], true, memories[row % ASSETS]);
    }

    // When
    var sum = watch.empty();
    for (var part : parts) {
      sum.add(SensorCounts.fromBytes(part.toBytes()));
    }

    // Then
    assertThat(sum.counts()).isDeepEqualTo(count(9, (_, _) -> {}).counts());
    assertThat(sum.toBytes().length).isLessThan(400);
    assertThat(SensorCounts.fromBytes(sum.toBytes()).counts()).isDeepEqualTo(sum.counts());
  }

  @Test
  void aSensorThatTrainingDidNotHaveIsNeverAtFault() {
    var other = new SensorWatch(reference, List.of("humidity"), SensorLimits.DEFAULT);
    var counts = other.empty();
    for (int row = 0; row < ROWS; row++) {
      other.count(counts, new double[] {1}, true, new SensorMemory(1));
    }

    assertThat(other.faults(counts)).isEmpty();
  }

  @Test
  void featuresOfAFaultySensorHaveNoVote() {
    // Given: the temperature's features moved, as after a change of its unit
    var names =
        List.of("temperature", "temperature_mean_5", "temperature_in", "temperature_in_std_5");
    var profile =
        ReferenceProfile.build(names, new double[4], new Fleet(plant(1, 20_000)), null, null);
    var bins = profile.features().stream().map(FeatureProfile::bins).toList();
    var window = WindowCounts.empty(profile);
    for (double[] row : plant(2, 5 * ROWS)) {
      window.add(bins, new float[] {200, 200, (float) row[2], (float) row[3]});
    }
    var fault = new SensorFault(Kind.UNIT_CHANGE, "temperature", "");
    var test =
        new DriftTest(profile, DriftLimits.DEFAULT, List.of("temperature", "temperature_in"));

    // When
    var without = test.evaluate(window, List.of());
    var with = test.evaluate(window, List.of(fault));
    var ofOther = test.evaluate(window, List.of(new SensorFault(Kind.STUCK, "temperature_in", "")));

    // Then
    assertThat(without.verdict()).isEqualTo(DriftEvaluation.Verdict.DRIFT);
    assertThat(with.verdict()).isEqualTo(DriftEvaluation.Verdict.SENSOR_FAULT);
    assertThat(ofOther.verdict()).isEqualTo(DriftEvaluation.Verdict.DRIFT);
  }

  private SensorCounts count(long seed, Fault fault) {
    var counts = watch.empty();
    var memories = memories();
    double[][] rows = plant(seed, ROWS);
    for (int row = 0; row < ROWS; row++) {
      fault.befall(row, rows[row]);
      watch.count(counts, rows[row], true, memories[row % ASSETS]);
    }
    return counts;
  }

  private static SensorMemory[] memories() {
    var memories = new SensorMemory[ASSETS];
    Arrays.setAll(memories, _ -> new SensorMemory(SENSORS.size()));
    return memories;
  }

  /// Sensors with a memory, around 70, 60, 8 and 1500.
  private static double[][] plant(long seed, int rows) {
    var random = new SplittableRandom(seed);
    var states = new double[ASSETS][4];
    var plant = new double[rows][];
    for (int row = 0; row < rows; row++) {
      double[] state = states[row % ASSETS];
      Arrays.setAll(state, i -> .8 * state[i] + .6 * random.nextGaussian());
      plant[row] =
          new double[] {
            70 + 3 * state[0], 60 + 2 * state[1], 8 + .5 * state[2], 1_500 + 20 * state[3]
          };
    }
    return plant;
  }

  private record Fleet(double[][] rows) implements TrainingRows {
    @Override
    public int size() {
      return rows.length;
    }

    @Override
    public int asset(int row) {
      return row % ASSETS;
    }

    @Override
    public long eventTimeMicros(int row) {
      return row * 12_000_000L;
    }

    @Override
    public float value(int row, int column) {
      return (float) rows[row][column];
    }
  }
}
