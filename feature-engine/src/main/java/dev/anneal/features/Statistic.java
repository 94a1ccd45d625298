package dev.anneal.features;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/// What is computed of a sensor's non-missing values in a [Window]. All are missing where the
/// window has no value, except [#COUNT], which is 0, and [#TIME_WEIGHTED_MEAN].
public enum Statistic {
  MEAN("mean"),

  /// Population standard deviation; 0 for one value.
  STD("std"),
  MIN("min"),
  MAX("max"),

  /// Least squares over event time, per second; missing for fewer than two values.
  SLOPE("slope"),

  /// The newest value: the sensor's own where that is not missing.
  LAST("last"),
  COUNT("count"),

  /// The mean over event time of the last value carried forward: a value holds until the next one,
  /// the newest until the row's time, and nothing is interpolated between them. In a window by time
  /// the value of the row before the window holds from the window's start, as far as that row has
  /// one; so a sensor that reports only changes has the right mean. Where no time has passed it is
  /// the value itself.
  TIME_WEIGHTED_MEAN("twmean");

  /// In the order of the vector unless a model says otherwise.
  public static final List<Statistic> DEFAULT = List.of(MEAN, STD, MIN, MAX, SLOPE);

  private final String text;

  Statistic(String text) {
    this.text = text;
  }

  /// As written in a definition, and in the feature's name.
  public String text() {
    return text;
  }

  /// @throws IllegalArgumentException saying what is wrong
  public static Statistic parse(String text) {
    return Arrays.stream(values())
        .filter(statistic -> statistic.text.equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "statistic must be one of %s, was '%s'"
                        .formatted(
                            Arrays.stream(values())
                                .map(Statistic::text)
                                .collect(Collectors.joining(", ")),
                            text)));
  }
}
