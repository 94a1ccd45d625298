package dev.anneal.control.definitions;

import dev.anneal.control.definitions.ModelDefinition.Gate;
import dev.anneal.control.definitions.ModelDefinition.Schedule;
import dev.anneal.control.schedule.ZonedCron;
import dev.anneal.features.Regimes;
import dev.anneal.schemas.Hyperparameter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Reads one element of `models`.
final class ModelReader {
  private static final List<String> TASKS = List.of("binary", "multiclass", "regression");
  private static final String TRAINABLE = "binary";
  private static final long SECOND = 1_000;

  private record Thresholds(double failureProbability, double confidence) {
    /// Every prediction is as confident as 0.5, so without a threshold each counts.
    static final Thresholds DEFAULT = new Thresholds(0.5, 0.5);
  }

  private final Section section;
  private final FeatureRules rules;
  private final ModelDefaults defaults;
  private final DriftSettings drift;

  /// @param drift of models that do not say otherwise
  ModelReader(Section section, FeatureRules rules, ModelDefaults defaults, DriftSettings drift) {
    this.section = section;
    this.rules = rules;
    this.defaults = defaults;
    this.drift = drift;
  }

  ModelDefinition read(String organization) {
    String name = DefinitionReader.identifier(section, "name");
    String task = task();
    Long failureWithin = section.section("target", this::failureWithinSeconds);
    var sensors = sensors();
    var thresholds = section.section("thresholds", ModelReader::thresholds);
    return new ModelDefinition(
        organization,
        name,
        task,
        failureWithin,
        sensors,
        rules.lagSeconds(),
        rules.rollingWindows(),
        rules.features(),
        section.optionalSection("regimes", s -> regimes(s, sensors)),
        thresholds.failureProbability(),
        thresholds.confidence(),
        section.section("hyperparameters", ModelReader::hyperparameters),
        section.optionalSection("trainingSchedule", ModelReader::schedule),
        section.whole("retryAttempts", defaults.retryAttempts(), 0, ModelDefaults.MOST_RETRIES),
        section.flag("notifyOnSuccess", true),
        section.flag("notifyOnFailure", true),
        section.section("drift", s -> new DriftReader(s).read(drift)),
        section.section("gate", this::gate));
  }

  private String task() {
    String task = section.text("task", TRAINABLE);
    if (!TASKS.contains(task)) {
      section.problem(
          "task",
          "must be one of %s, was %s".formatted(String.join(", ", TASKS), Section.shown(task)));
    } else if (!task.equals(TRAINABLE)) {
      section.problem("task", "%s cannot be trained by this version; binary can".formatted(task));
    }
    return task;
  }

  private Long failureWithinSeconds(Section target) {
    if (!target.has("failureWithin")) {
      target.problem(
          "failureWithin", "is required: how long before a failure the label is 1, such as 24h");
    } else if (!rules.hasOutcomes()) {
      target.problem(
          "failureWithin", "needs schemaConfig.outcomes, which says where failures are recorded");
    }
    return target.duration("failureWithin", SECOND, SECOND, "24h") / SECOND;
  }

  private List<String> sensors() {
    var sensors =
        section.has("features")
            ? section.texts(
                "features",
                true,
                rules.sensors()::contains,
                "one of " + String.join(", ", rules.sensors()))
            : rules.sensors();
    try {
      if (!sensors.isEmpty()) {
        rules.specification(sensors);
      }
    } catch (IllegalArgumentException e) {
      reportOnce(String.valueOf(e.getMessage()));
    }
    return sensors;
  }

  /// A window that is wrong in itself has been reported at its own place.
  private void reportOnce(String message) {
    if (section.problems().stream().noneMatch(p -> p.path().startsWith("schemaConfig."))) {
      section.problem("features", message);
    }
  }

  private static ModelDefinition.Regimes regimes(Section section, List<String> sensors) {
    var settings =
        section.texts(
            "settings",
            true,
            sensors::contains,
            "one of the model's features (%s)".formatted(String.join(", ", sensors)));
    if (!section.has("count")) {
      section.problem("count", "is required: how many operating regimes there are");
    }
    return new ModelDefinition.Regimes(
        settings, section.whole("count", Regimes.MIN_COUNT, Regimes.MIN_COUNT, Regimes.MAX_COUNT));
  }

  private static Thresholds thresholds(Section section) {
    return new Thresholds(
        section.share("failureProbability", Thresholds.DEFAULT.failureProbability),
        section.share("confidenceThreshold", Thresholds.DEFAULT.confidence));
  }

  static Map<String, String> hyperparameters(Section section) {
    var result = new LinkedHashMap<String, String>();
    var names = new LinkedHashMap<String, String>();
    section
        .entries()
        .forEach(
            (written, value) -> {
              var parameter = Hyperparameter.named(written);
              if (parameter == null) {
                section.problem(
                    written,
                    "unknown hyper-parameter, "
                        + Section.hint(written, new TreeSet<>(Hyperparameter.names())));
              } else if (!parameter.allows(value)) {
                section.problem(
                    written,
                    "must be %s, was %s".formatted(parameter.expected(), Section.shown(value)));
              } else if (names.containsKey(parameter.name())) {
                section.problem(
                    written,
                    "is the same as %s; keep one of them".formatted(names.get(parameter.name())));
              } else {
                names.put(parameter.name(), written);
                result.put(parameter.name(), String.valueOf(value));
              }
            });
    return DefinitionReader.sorted(result);
  }

  private static @Nullable Schedule schedule(Section section) {
    String pattern = section.text("pattern");
    String timezone = section.text("timezone", "UTC");
    boolean enabled = section.flag("enabled", true);
    section.check("timezone", ZonedCron::zone, timezone);
    if (!pattern.isEmpty()) {
      section.check("pattern", ZonedCron::check, pattern);
    }
    return new Schedule(pattern, timezone, enabled);
  }

  private Gate gate(Section section) {
    var standard = Gate.byDefault(defaults.minAccuracy());
    return new Gate(
        section.limit("minAccuracy", standard.minAccuracy()),
        section.limit("minPrecision", standard.minPrecision()),
        section.limit("minRecall", standard.minRecall()),
        section.size("maxSize", standard.maxSizeBytes()),
        section.duration("maxLatency", (long) standard.maxLatencyMillis(), 1, "100ms"));
  }
}
