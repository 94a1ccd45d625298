package dev.anneal.standalone.demo;

import java.util.SplittableRandom;

/// One simulated machine, stepped through event time. A crack grows exponentially until the machine
/// fails; repair and maintenance reset it. What sensors show: level of the machine, daily cycle,
/// load, the crack, correlated noise, and a sensor that is sometimes bad. Same seed and steps, same
/// rows. Units: °C, bar, mm/s, A.
final class Machine {
  /// Hours in which the crack grows by e; a day before the failure it has e^(−24/16) = 22 % of its
  /// final size.
  private static final double CRACK_GROWTH_HOURS = 16;

  private static final double SHORTEST_LIFE_HOURS = 120;
  private static final double LONGEST_LIFE_HOURS = 220;
  private static final double MAINTENANCE_SHARE =
      0.2; // of lives end in planned maintenance, a day or more early
  private static final double REPAIR_HOURS = 5;
  private static final double NOISE_MEMORY = 0.9; // AR(1) coefficient for a quarter of an hour

  /// What the machine shows in normal operation and what a failing one adds; a process change swaps
  /// it.
  ///
  /// @param temperature °C at rest
  /// @param pressure bar
  /// @param vibration mm/s
  /// @param current A
  /// @param crackInVibration share added to vibration when the crack is at its end
  /// @param crackInPressure share taken from pressure then
  /// @param crackInCurrent share added to current then
  record Process(
      double temperature,
      double pressure,
      double vibration,
      double current,
      double crackInVibration,
      double crackInPressure,
      double crackInCurrent) {
    static final Process BEFORE = new Process(58, 6.2, 2.4, 31, 1.6, 0.10, 0.08);

    /// A heavier product: hotter, higher pressure, faster; now the seals wear, which pressure and
    /// current show.
    static final Process AFTER = new Process(66, 7.4, 3.9, 37, 0.25, 0.30, 0.30);
  }

  /// What one reading says.
  ///
  /// @param good false while the sensor is known to be bad
  record Reading(
      double temperature, double pressure, double vibration, double current, boolean good) {}

  /// What became of one step.
  sealed interface Step {
    record Measured(Reading reading) implements Step {}

    /// Failed within the step; no rows until repaired.
    record Failed() implements Step {}

    /// Down, or the line to it is.
    record Silent() implements Step {}
  }

  private final SplittableRandom random;
  private final double level;
  private final boolean flakySensor;
  private double hoursToFailure;
  private double hoursDown;
  private double hoursToMaintenance;
  private double badSensorHours;
  private double noiseTemperature;
  private double noisePressure;
  private double noiseVibration;
  private double noiseCurrent;

  Machine(long seed, boolean flakySensor) {
    this.random = new SplittableRandom(seed);
    this.level = 1 + 0.03 * random.nextDouble(-1, 1);
    this.flakySensor = flakySensor;
    renew();
    hoursToFailure *= random.nextDouble(0.1, 1); // the plant is not new
  }

  /// @param hours length of the step
  /// @param hourOfDay in [0, 24), of its end
  Step step(double hours, double hourOfDay, Process process) {
    ageNoise(hours);
    if (hoursDown > 0) {
      hoursDown -= hours;
      return new Step.Silent();
    }
    hoursToFailure -= hours;
    hoursToMaintenance -= hours;
    if (hoursToFailure <= 0) {
      renew();
      hoursDown = REPAIR_HOURS * random.nextDouble(0.6, 1.6);
      return new Step.Failed();
    }
    if (hoursToMaintenance <= 0) {
      renew();
      hoursDown = REPAIR_HOURS / 2;
      return new Step.Silent();
    }
    if (random.nextDouble() < 0.002 * hours) {
      hoursDown = random.nextDouble(0.5, 3); // the line is down, the machine ages on
      return new Step.Silent();
    }
    return new Step.Measured(reading(hours, hourOfDay, process));
  }

  private Reading reading(double hours, double hourOfDay, Process process) {
    double crack = Math.exp(-hoursToFailure / CRACK_GROWTH_HOURS);
    double day = Math.sin(2 * Math.PI * (hourOfDay - 9) / 24);
    double temperature =
        process.temperature() * level + 3 * day + 4 * crack + 1.2 * noiseTemperature;
    double pressure =
        process.pressure() * level * (1 - process.crackInPressure() * crack) + 0.08 * noisePressure;
    double vibration =
        process.vibration()
            * level
            * (1 + process.crackInVibration() * crack + 0.05 * noiseVibration);
    double current =
        process.current() * level * (1 + process.crackInCurrent() * crack)
            + 0.8 * day
            + 0.5 * noiseCurrent;
    if (flakySensor) {
      badSensorHours -= hours;
      if (badSensorHours < -60) {
        badSensorHours = random.nextDouble(1, 4);
      }
    }
    boolean good = badSensorHours <= 0;
    return new Reading(temperature, pressure, good ? vibration : 0, current, good);
  }

  private void renew() {
    hoursToFailure = random.nextDouble(SHORTEST_LIFE_HOURS, LONGEST_LIFE_HOURS);
    hoursToMaintenance =
        random.nextDouble() < MAINTENANCE_SHARE
            ? hoursToFailure - 24 - random.nextDouble(24)
            : Double.POSITIVE_INFINITY;
  }

  private void ageNoise(double hours) {
    double memory = Math.pow(NOISE_MEMORY, hours * 4);
    double fresh = Math.sqrt(1 - memory * memory);
    noiseTemperature = memory * noiseTemperature + fresh * random.nextGaussian();
    noisePressure = memory * noisePressure + fresh * random.nextGaussian();
    noiseVibration = memory * noiseVibration + fresh * random.nextGaussian();
    noiseCurrent = memory * noiseCurrent + fresh * random.nextGaussian();
  }
}
