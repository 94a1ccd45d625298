package dev.anneal.features;

import java.util.ArrayList;
import java.util.List;

/// Names of features in the order of the vector: for every sensor its value (`temperature`), its
/// lags (`temperature_lag_60s`), deltas (`temperature_delta_60s`), and for every window its
/// statistics (`temperature_std_10`, `temperature_twmean_10m`); then `staleness_s`, and sine and
/// cosine of every time feature (`hour_of_day_sin`).
public final class FeatureNames {
  /// Seconds between the row and the one before; missing on the first row.
  public static final String STALENESS = "staleness_s";

  private FeatureNames() {}

  /// Names that no sensor may have.
  public static List<String> reserved() {
    return ofRow(true, List.of(TimeFeature.values()));
  }

  static List<String> of(
      List<String> sensors,
      List<Integer> lagSeconds,
      List<Integer> deltaSeconds,
      List<Window> windows,
      List<Statistic> statistics,
      RowFeatures row) {
    var names = new ArrayList<String>();
    for (String sensor : sensors) {
      names.add(sensor);
      lagSeconds.forEach(lag -> names.add(sensor + "_lag_" + lag + "s"));
      deltaSeconds.forEach(delta -> names.add(sensor + "_delta_" + delta + "s"));
      for (Window window : windows) {
        statistics.forEach(s -> names.add(sensor + "_" + s.text() + "_" + window.text()));
      }
    }
    names.addAll(ofRow(row.staleness(), row.timeFeatures()));
    return List.copyOf(names);
  }

  private static List<String> ofRow(boolean staleness, List<TimeFeature> timeFeatures) {
    var names = new ArrayList<String>();
    if (staleness) {
      names.add(STALENESS);
    }
    for (var feature : timeFeatures) {
      names.add(feature.sinName());
      names.add(feature.cosName());
    }
    return List.copyOf(names);
  }
}
