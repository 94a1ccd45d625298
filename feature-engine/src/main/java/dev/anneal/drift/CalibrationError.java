package dev.anneal.drift;

import java.util.Comparator;
import java.util.stream.IntStream;

/// The expected calibration error: over ten bins of equally many rows by probability, how far the
/// mean probability is from the share of ones, on average.
final class CalibrationError {
  private static final int BINS = 10;

  private CalibrationError() {}

  static double of(double[] probabilities, double[] labels) {
    int n = labels.length;
    int[] order =
        IntStream.range(0, n)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> probabilities[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    double error = 0;
    for (int bin = 0; bin < BINS; bin++) {
      double difference = 0;
      for (int i = bin * n / BINS; i < (bin + 1) * n / BINS; i++) {
        difference += probabilities[order[i]] - labels[order[i]];
      }
      error += Math.abs(difference) / n;
    }
    return error;
  }
}
