package dev.anneal.drift;

/// Tail probabilities of the χ² distribution by the regularized incomplete gamma function Q(dof/2,
/// x/2): its series below the mean, Legendre's continued fraction above (DLMF 8.7.1, 8.9.2).
final class ChiSquare {
  private static final double TINY = 1e-300;
  private static final int MAX_TERMS = 100_000;

  // Lanczos, g = 7, n = 9 (Godfrey 2001): relative error below 1e-14
  private static final double G = 7;
  private static final double[] LANCZOS = {
    0.99999999999980993,
    676.5203681218851,
    -1259.1392167224028,
    771.32342877765313,
    -176.61502916214059,
    12.507343278686905,
    -0.13857109526572012,
    9.9843695780195716e-6,
    1.5056327351493116e-7
  };

  private ChiSquare() {}

  /// The probability of a value of at least `x`.
  static double upperTail(double x, int degreesOfFreedom) {
    if (x <= 0) {
      return 1;
    }
    double a = degreesOfFreedom / 2.0;
    double half = x / 2;
    double scale = Math.exp(a * Math.log(half) - half - logGamma(a));
    return half < a + 1 ? 1 - scale * series(a, half) : scale * continuedFraction(a, half);
  }

  private static double series(double a, double x) {
    double term = 1 / a;
    double sum = term;
    for (int n = 1; n < MAX_TERMS && term > sum * 1e-17; n++) {
      term *= x / (a + n);
      sum += term;
    }
    return sum;
  }

  private static double continuedFraction(double a, double x) {
    double b = x + 1 - a;
    double c = 1 / TINY;
    double d = 1 / b;
    double value = d;
    for (int n = 1; n < MAX_TERMS; n++) {
      double numerator = -n * (n - a);
      b += 2;
      d = 1 / nonZero(numerator * d + b);
      c = nonZero(b + numerator / c);
      value *= d * c;
      if (Math.abs(d * c - 1) < 1e-16) {
        break;
      }
    }
    return value;
  }

  private static double nonZero(double value) {
    return Math.abs(value) < TINY ? TINY : value;
  }

  /// For a >= 1/2.
  private static double logGamma(double a) {
    double z = a - 1;
    double sum = LANCZOS[0];
    for (int i = 1; i < LANCZOS.length; i++) {
      sum += LANCZOS[i] / (z + i);
    }
    double t = z + G + .5;
    return .5 * Math.log(2 * Math.PI) + (z + .5) * Math.log(t) - t + Math.log(sum);
  }
}
