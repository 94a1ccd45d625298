package dev.anneal.standalone.demo;

import dev.anneal.standalone.demo.Machine.Process;
import dev.anneal.standalone.demo.Machine.Reading;
import dev.anneal.standalone.demo.Machine.Step;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// A plant in event time. Deterministic: the same plant, start and change give the same rows, so
/// that a restart steps through what was written before and goes on.
final class Simulation {
  /// What the plant's databases get in one interval.
  record Rows(List<Measurement> measurements, List<Failure> failures) {}

  record Measurement(String asset, Instant time, Reading reading) {}

  record Failure(String asset, Instant time) {}

  private static final double SKIPPED_SHARE =
      0.1; // of irregular samples: nothing changed enough to be stored

  private final Plant plant;
  private final List<Machine> machines;
  private final SplittableRandom sampling;
  private Instant time;
  private @Nullable Instant change;

  Simulation(Plant plant, Instant start) {
    this.plant = plant;
    this.time = start;
    long seed = plant.organization().hashCode();
    this.sampling = new SplittableRandom(seed);
    this.machines =
        IntStream.range(0, plant.machines())
            .mapToObj(i -> new Machine(seed * 1_000 + i, i == 3))
            .toList();
  }

  /// End of the last interval.
  Instant time() {
    return time;
  }

  /// The process changes at this time; it must not lie in the past of the simulation.
  void changeProcessAt(Instant change) {
    this.change = change;
  }

  /// The next sampling interval of every machine.
  Rows next() {
    var measurements = new ArrayList<Measurement>(machines.size());
    var failures = new ArrayList<Failure>();
    Duration interval = plant.interval();
    double hours = interval.toSeconds() / 3600.0;
    Instant end = time.plus(interval);
    Process process = change != null && !end.isBefore(change) ? Process.AFTER : Process.BEFORE;
    double hourOfDay = end.atOffset(ZoneOffset.UTC).toLocalTime().toSecondOfDay() / 3600.0;
    for (int i = 0; i < machines.size(); i++) {
      Instant at =
          plant.irregular() ? time.plusSeconds(sampling.nextLong(interval.toSeconds()) + 1) : end;
      boolean skipped = plant.irregular() && sampling.nextDouble() < SKIPPED_SHARE;
      switch (machines.get(i).step(hours, hourOfDay, process)) {
        case Step.Measured(Reading reading) when !skipped ->
            measurements.add(new Measurement(plant.asset(i), at, reading));
        case Step.Measured _, Step.Silent _ -> {}
        case Step.Failed _ -> failures.add(new Failure(plant.asset(i), at));
      }
    }
    time = end;
    return new Rows(measurements, failures);
  }
}
