package dev.anneal.features;

import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;

/// Features of a row that are no sensor's.
///
/// @param staleness whether the seconds since the row before are a feature
/// @param timeFeatures of the row's event time
/// @param timeZone of the time features
public record RowFeatures(boolean staleness, List<TimeFeature> timeFeatures, ZoneId timeZone) {
  public static final RowFeatures DEFAULT = new RowFeatures(true, List.of(), ZoneOffset.UTC);
  public static final RowFeatures NONE = new RowFeatures(false, List.of(), ZoneOffset.UTC);

  public RowFeatures {
    timeFeatures = List.copyOf(timeFeatures);
  }

  int width() {
    return (staleness ? 1 : 0) + 2 * timeFeatures.size();
  }
}
