package dev.anneal.control.definitions;

import dev.anneal.control.definitions.ModelDefinition.Features;
import dev.anneal.features.FeatureDefinition;
import dev.anneal.features.FeatureSpecification;
import dev.anneal.features.RowLimits;
import dev.anneal.features.Statistic;
import dev.anneal.features.TimeFeature;
import dev.anneal.features.Window;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;

/// Reads what `schemaConfig` says of the features of all models.
final class FeatureReader {
  private static final long SECOND = 1_000;
  private static final String STATISTICS =
      "one of "
          + Arrays.stream(Statistic.values())
              .map(Statistic::text)
              .collect(Collectors.joining(", "));
  private static final String TIME_FEATURES =
      "one of "
          + Arrays.stream(TimeFeature.values())
              .map(TimeFeature::text)
              .collect(Collectors.joining(", "));

  private final Section section;

  FeatureReader(Section section) {
    this.section = section;
  }

  FeatureRules read(List<String> sensors, boolean hasOutcomes) {
    var none = FeatureSpecification.of(List.of("x"), List.of(), List.of());
    var lags =
        seconds("lagSeconds", s -> FeatureSpecification.of(List.of("x"), List.of(s), List.of()));
    var deltas = seconds("deltaSeconds", s -> none.withDeltas(List.of(s)));
    return new FeatureRules(sensors, lags, windows(), features(deltas), hasOutcomes);
  }

  private Features features(List<Integer> deltas) {
    var statistics =
        section.has("statistics")
            ? section.texts("statistics", true, s -> is(Statistic::parse, s), STATISTICS)
            : Statistic.DEFAULT.stream().map(Statistic::text).toList();
    var timeFeatures =
        section.texts("timeFeatures", false, s -> is(TimeFeature::parse, s), TIME_FEATURES);
    String zone = section.text("timeZone", "UTC");
    section.check("timeZone", FeatureDefinition::zone, zone);
    return new Features(
        statistics,
        deltas,
        timeFeatures,
        zone,
        section.flag("staleness", true),
        limit("grace", RowLimits.DEFAULT.graceSeconds(), "60s", s -> new RowLimits(s, 0)),
        limit("clockAhead", RowLimits.DEFAULT.aheadSeconds(), "1h", s -> new RowLimits(0, s)));
  }

  private static boolean is(Consumer<String> parse, String text) {
    try {
      parse.accept(text);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private int limit(String key, int byDefault, String example, IntConsumer checked) {
    long seconds = section.duration(key, byDefault * SECOND, 0, example) / SECOND;
    int limit = (int) Math.min(seconds, Integer.MAX_VALUE);
    section.check(key, _ -> checked.accept(limit), "");
    return limit;
  }

  private List<Integer> seconds(String key, IntConsumer checked) {
    var all = new ArrayList<Integer>();
    section
        .elements(key, false)
        .forEach(
            (at, element) -> {
              if (!(element instanceof Integer seconds)) {
                section.problem(
                    at, "must be a whole number of seconds, was " + Section.shown(element));
              } else if (all.contains(seconds)) {
                section.problem(at, "is there twice: " + seconds);
              } else {
                section.check(at, _ -> checked.accept(seconds), "");
                all.add(seconds);
              }
            });
    return List.copyOf(all);
  }

  private List<String> windows() {
    var windows = new ArrayList<String>();
    section
        .elements("rollingWindows", false)
        .forEach(
            (at, element) -> {
              String text = element.toString();
              if (!(element instanceof Integer || element instanceof String)) {
                section.problem(
                    at, "must be rows (5) or a duration (10m), was " + Section.shown(element));
              } else if (windows.contains(text)) {
                section.problem(at, "is there twice: " + text);
              } else {
                section.check(at, Window::parse, text);
                windows.add(text);
              }
            });
    return List.copyOf(windows);
  }
}
