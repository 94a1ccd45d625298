package dev.anneal.standalone.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.standalone.demo.Simulation.Failure;
import dev.anneal.standalone.demo.Simulation.Measurement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

class SimulationTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final List<Measurement> measurements = new ArrayList<>();
  private final List<Failure> failures = new ArrayList<>();

  private void run(Simulation simulation, Duration until) {
    while (simulation.time().isBefore(START.plus(until))) {
      var rows = simulation.next();
      measurements.addAll(rows.measurements());
      failures.addAll(rows.failures());
    }
  }

  private double mean(ToDoubleFunction<Measurement> of, Instant from, Instant to) {
    return measurements.stream()
        .filter(m -> !m.time().isBefore(from) && m.time().isBefore(to))
        .mapToDouble(of)
        .average()
        .orElseThrow();
  }

  @Test
  void sameStartGivesTheSameRows() {
    var one = new Simulation(Plant.BOREALIS, START);
    var other = new Simulation(Plant.BOREALIS, START);
    for (int i = 0; i < 500; i++) {
      assertThat(one.next()).isEqualTo(other.next());
    }
  }

  @Test
  void machinesFailNowAndThenAndVibrateBeforeTheyDo() {
    run(new Simulation(Plant.ACME, START), Duration.ofDays(28));

    assertThat(failures).hasSizeBetween(80, 220);
    var before = new ArrayList<Double>();
    var otherwise = new ArrayList<Double>();
    for (var m : measurements) {
      boolean close =
          failures.stream()
              .anyMatch(
                  f ->
                      f.asset().equals(m.asset())
                          && f.time().isAfter(m.time())
                          && Duration.between(m.time(), f.time()).toHours() < 6);
      (close ? before : otherwise).add(m.reading().vibration());
    }
    assertThat(average(before)).isGreaterThan(1.5 * average(otherwise));
  }

  private static double average(List<Double> values) {
    return values.stream().mapToDouble(v -> v).average().orElseThrow();
  }

  @Test
  void oneSensorIsBadAtTimesAndSaysSo() {
    run(new Simulation(Plant.ACME, START), Duration.ofDays(28));

    assertThat(
            measurements.stream()
                .filter(m -> !m.reading().good())
                .map(Measurement::asset)
                .distinct())
        .containsExactly(Plant.ACME.asset(3));
  }

  @Test
  void processChangeMovesWhatSensorsShow() {
    Instant change = START.plus(Duration.ofDays(10));
    var simulation = new Simulation(Plant.ACME, START);
    simulation.changeProcessAt(change);

    run(simulation, Duration.ofDays(20));

    double before = mean(m -> m.reading().temperature(), START, change);
    double after = mean(m -> m.reading().temperature(), change, START.plus(Duration.ofDays(20)));
    assertThat(after - before).isBetween(5.0, 11.0);
  }

  @Test
  void irregularPlantSkipsAndShiftsSamples() {
    run(new Simulation(Plant.BOREALIS, START), Duration.ofDays(2));

    var times =
        measurements.stream().filter(m -> m.asset().equals("WT01")).map(Measurement::time).toList();
    assertThat(times).isSorted().hasSizeLessThan(2 * 72);
    assertThat(times.stream().map(t -> t.getEpochSecond() % 1200).distinct().count())
        .isGreaterThan(50);
  }
}
