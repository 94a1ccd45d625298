package dev.anneal.drift;

import dev.anneal.features.UnitConversion;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A window that a mixture of the reference and the reference in another unit explains. Where the
/// two overlap, a change of unit cannot be told from a change of the process, and is none.
///
/// @param share of the values in the other unit
record UnitChange(UnitConversion conversion, double share, double distance) {
  private static final double SEPARATION = .8;
  private static final double MINIMUM_SHARE = .1;

  /// At least this part of the distance to the reference must be explained.
  private static final double EXPLAINED = 2.0 / 3;

  /// The conversion that explains the window best; null when none does.
  ///
  /// @param counts over the sensor's bins
  static @Nullable UnitChange find(FeatureProfile profile, SensorBins bins, long[] counts) {
    if (profile.extent().isConstant()) {
      return null;
    }
    double[] window = below(counts);
    double[] edges = bins.edges().stream().mapToDouble(Double::doubleValue).toArray();
    var distribution = Distribution.of(profile);
    double[] reference = Arrays.stream(edges).map(distribution::shareBelow).toArray();
    double distance = greatest(window, reference, reference, 0);
    UnitChange best = null;
    for (var conversion : UnitMistakes.ALL) {
      double[] converted =
          Arrays.stream(edges).map(x -> distribution.shareBelow(conversion.invert(x))).toArray();
      if (greatest(converted, reference, reference, 0) < SEPARATION) {
        continue;
      }
      double share = mixture(window, reference, converted);
      double left = greatest(window, reference, converted, share);
      if (share >= MINIMUM_SHARE
          && left <= distance * (1 - EXPLAINED)
          && (best == null || left < best.distance())) {
        best = new UnitChange(conversion, share, left);
      }
    }
    return best;
  }

  private static double[] below(long[] counts) {
    double all = Arrays.stream(counts).sum();
    var below = new double[counts.length - 1];
    long sum = 0;
    for (int i = 0; i < below.length; i++) {
      sum += counts[i];
      below[i] = sum / all;
    }
    return below;
  }

  /// The share of the converted reference that is nearest to the window, by least squares.
  private static double mixture(double[] window, double[] reference, double[] converted) {
    double products = 0;
    double squares = 0;
    for (int i = 0; i < window.length; i++) {
      double direction = converted[i] - reference[i];
      products += (window[i] - reference[i]) * direction;
      squares += direction * direction;
    }
    return Math.clamp(products / squares, 0, 1);
  }

  private static double greatest(
      double[] window, double[] reference, double[] converted, double share) {
    double greatest = 0;
    for (int i = 0; i < window.length; i++) {
      double expected = reference[i] + share * (converted[i] - reference[i]);
      greatest = Math.max(greatest, Math.abs(window[i] - expected));
    }
    return greatest;
  }
}
