package dev.anneal.control.monitor;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// How well a version is estimated to do, from its scores, without labels. Whoever shows it says
/// that it is an estimate.
///
/// @param note says so, or why there is none
/// @param figures null when the estimate is switched off
public record Estimate(
    String organization, String model, String version, String note, @Nullable Figures figures) {
  private static final String NOTE =
      "an estimate from scores, without labels: it sees no change of what the features mean;"
          + " low and high are 3 standard errors from the value";

  /// Of a window of event time; a share of no rows is null.
  ///
  /// @param unusual whether no tenth of the held-out rows showed such an accuracy
  public record Figures(
      Instant from,
      Instant to,
      long rows,
      @Nullable Band accuracy,
      @Nullable Band precision,
      @Nullable Band recall,
      @Nullable Band f1,
      boolean unusual) {}

  /// A share with its band of 3 standard errors.
  public record Band(double value, double low, double high) {}

  public static Estimate of(String organization, String model, String version, Figures figures) {
    return new Estimate(organization, model, version, NOTE, figures);
  }

  public static Estimate off(String organization, String model, String version, String reason) {
    return new Estimate(organization, model, version, "switched off: " + reason, null);
  }
}
