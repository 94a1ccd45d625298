package dev.anneal.control.definitions;

import dev.anneal.drift.Correction;
import dev.anneal.drift.Detector;
import dev.anneal.drift.SensorLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads `drift`, of the organization or of a model: what is not said there is as outside of it.
record DriftReader(Section section) {
  private static final int MOST_LABELS = 100_000_000;
  private static final int MOST_WINDOWS = 100;
  private static final int MOST_FEATURES = 10_000;
  private static final int MOST_REFRESHES = 20;
  private static final int MOST_EFFECTIVE_ROWS = 1_000_000;
  private static final int MOST_DAYS = 30;
  private static final List<String> CORRECTIONS =
      Arrays.stream(Correction.values()).map(Correction::text).toList();
  private static final List<String> DETECTORS =
      Arrays.stream(Detector.Kind.values()).map(Detector.Kind::text).toList();

  /// The detectors with a significance.
  private static final List<String> SURE =
      Arrays.stream(Detector.Kind.values())
          .filter(kind -> !Double.isNaN(kind.significance()))
          .map(Detector.Kind::text)
          .toList();

  private static final long SECOND = 1_000;
  private static final long DAY = Duration.ofDays(1).toMillis();

  DriftSettings read(DriftSettings outer) {
    String detector = section.choice("lossDetector", outer.lossDetector(), DETECTORS);
    var settings =
        new DriftSettings(
            section.flag("enabled", outer.enabled()),
            seconds("cooldown", outer.cooldownSeconds(), "7d"),
            labels("minimumLabels", outer.minimumLabels()),
            seconds("initialHistory", outer.initialHistorySeconds(), "14d"),
            section.whole("persistence", outer.persistence(), 1, MOST_WINDOWS),
            section.whole("persistenceOf", outer.persistenceOf(), 1, MOST_WINDOWS),
            triggers(outer.triggers()),
            seconds("performanceCooldown", outer.performanceCooldownSeconds(), "24h"),
            refreshRows(outer.refreshRows()),
            seconds("refreshWait", outer.refreshWaitSeconds(), "1d"),
            trainFromChange(outer.trainFromChange()),
            section.share("falseDiscoveryRate", outer.falseDiscoveryRate()),
            section.choice("correction", outer.correction(), CORRECTIONS),
            section.whole("minimumFeatures", outer.minimumFeatures(), 1, MOST_FEATURES),
            section.whole("topFeatures", outer.topFeatures(), 0, MOST_FEATURES),
            section.whole(
                "minimumEffectiveRows", (int) outer.minimumEffectiveRows(), 1, MOST_EFFECTIVE_ROWS),
            section.share("missingRise", outer.missingRise()),
            days("window", outer.windowDays(), "1d"),
            labels("windowRows", outer.windowRows()),
            days("longWindow", outer.longWindowDays(), "7d"),
            labels("longWindowRows", outer.longWindowRows()),
            section.section("sensorLimits", s -> sensorLimits(s, outer.sensorLimits())),
            detector,
            lossSignificance(outer, detector),
            section.flag("estimatedPerformance", outer.estimatedPerformance()));
    together(settings);
    return settings;
  }

  private void together(DriftSettings settings) {
    boolean saysPersistence = section.has("persistence") || section.has("persistenceOf");
    if (saysPersistence && settings.persistence() > settings.persistenceOf()) {
      section.problem(
          "persistence",
          "must be at most persistenceOf (%d), was %d"
              .formatted(settings.persistenceOf(), settings.persistence()));
    }
    boolean saysWindow = section.has("window") || section.has("longWindow");
    if (saysWindow && settings.windowDays() > settings.longWindowDays()) {
      section.problem(
          "window",
          "must be at most longWindow (%dd), was %dd"
              .formatted(settings.longWindowDays(), settings.windowDays()));
    }
    if (section.has("lossSignificance") && !SURE.contains(settings.lossDetector())) {
      section.problem(
          "lossSignificance",
          "is of %s, lossDetector is %s"
              .formatted(String.join(" and ", SURE), settings.lossDetector()));
    }
  }

  /// The outer one is of the outer detector, and of no other.
  private @Nullable Double lossSignificance(DriftSettings outer, String detector) {
    Double before = detector.equals(outer.lossDetector()) ? outer.lossSignificance() : null;
    double said = section.share("lossSignificance", Double.NaN);
    return Double.isNaN(said) ? before : Double.valueOf(said);
  }

  private static SensorLimits sensorLimits(Section section, SensorLimits outer) {
    return new SensorLimits(
        section.share("missingRise", outer.missingRise()),
        section.share("stuckRise", outer.stuckRise()),
        section.share("farShare", outer.farShare()),
        section.share("spikeShare", outer.spikeShare()),
        section.positive("farRanges", outer.farRanges()),
        section.whole("minimumRows", (int) outer.minimumRows(), 1, MOST_LABELS));
  }

  private long seconds(String key, long outer, String example) {
    return section.duration(key, outer * SECOND, 0, example) / SECOND;
  }

  private long labels(String key, long outer) {
    return section.whole(key, (int) outer, 1, MOST_LABELS);
  }

  private int days(String key, int outer, String example) {
    long millis = section.duration(key, outer * DAY, DAY, example);
    if (millis % DAY == 0 && millis <= MOST_DAYS * DAY) {
      return (int) (millis / DAY);
    }
    section.problem(key, "must be whole days, at most %dd".formatted(MOST_DAYS));
    return outer;
  }

  private List<String> triggers(List<String> outer) {
    return section.has("triggers")
        ? section.texts(
            "triggers",
            false,
            DriftSettings.TRIGGERS::contains,
            "one of " + String.join(", ", DriftSettings.TRIGGERS))
        : outer;
  }

  private boolean trainFromChange(boolean outer) {
    String change = "change";
    String byDefault = outer ? change : "all";
    return section.choice("trainFrom", byDefault, List.of(change, "all")).equals(change);
  }

  /// As many as `maxRefreshes` says.
  private List<Long> refreshRows(List<Long> outer) {
    var rows = section.has("refreshRows") ? refreshRows() : outer;
    int most = section.whole("maxRefreshes", rows.size(), 0, MOST_REFRESHES);
    return rows.subList(0, Math.min(most, rows.size()));
  }

  private List<Long> refreshRows() {
    var rows = new ArrayList<Long>();
    section
        .elements("refreshRows", false)
        .forEach(
            (at, element) -> {
              long least = rows.isEmpty() ? 1 : rows.getLast() + 1;
              if (element instanceof Integer number && number >= least) {
                rows.add((long) number);
              } else {
                section.problem(
                    at,
                    "must be a whole number of at least %d, was %s"
                        .formatted(least, Section.shown(element)));
              }
            });
    return List.copyOf(rows);
  }
}
