package dev.anneal.features;

import java.util.Arrays;
import java.util.SplittableRandom;

/// Lloyd's k-means from centers chosen at random, a point the likelier the further it is from those
/// chosen already (k-means++, Arthur and Vassilvitskii 2007), until none moves; of several starts
/// the one that ends with the points nearest to their centers.
final class KMeans {
  private static final int MAX_ROUNDS = 100;
  private static final int STARTS = 10; // one alone ends now and then with two centers in a cluster

  private KMeans() {}

  /// @return as many as were asked for, or as there are distinct points
  static double[][] centers(double[][] points, int count, SplittableRandom random) {
    double[][] best = {};
    double smallest = Double.POSITIVE_INFINITY;
    for (int start = 0; start < STARTS; start++) {
      var centers = chooseCenters(points, count, random);
      moveToMeans(points, centers);
      double sum =
          Arrays.stream(points).mapToDouble(p -> distance(p, centers[nearest(p, centers)])).sum();
      if (sum < smallest) {
        best = centers;
        smallest = sum;
      }
    }
    return best;
  }

  private static double[][] chooseCenters(double[][] points, int count, SplittableRandom random) {
    var centers = new double[count][];
    centers[0] = points[random.nextInt(points.length)].clone();
    var distances = new double[points.length];
    Arrays.fill(distances, Double.POSITIVE_INFINITY);
    for (int found = 1; found < count; found++) {
      double sum = 0;
      for (int i = 0; i < points.length; i++) {
        distances[i] = Math.min(distances[i], distance(points[i], centers[found - 1]));
        sum += distances[i];
      }
      if (sum == 0) {
        return Arrays.copyOf(centers, found);
      }
      centers[found] = points[drawn(distances, random.nextDouble() * sum)].clone();
    }
    return centers;
  }

  private static int drawn(double[] weights, double at) {
    int last = 0;
    double rest = at;
    for (int i = 0; i < weights.length; i++) {
      if (weights[i] > 0) {
        last = i;
        rest -= weights[i];
        if (rest < 0) {
          break;
        }
      }
    }
    return last;
  }

  private static void moveToMeans(double[][] points, double[][] centers) {
    boolean isMoved = true;
    for (int round = 0; isMoved && round < MAX_ROUNDS; round++) {
      var sums = new double[centers.length][centers[0].length];
      var counts = new int[centers.length];
      for (double[] point : points) {
        int nearest = nearest(point, centers);
        counts[nearest]++;
        for (int i = 0; i < point.length; i++) {
          sums[nearest][i] += point[i];
        }
      }
      isMoved = false;
      for (int regime = 0; regime < centers.length; regime++) {
        for (int i = 0; i < sums[regime].length && counts[regime] > 0; i++) {
          double mean = sums[regime][i] / counts[regime];
          isMoved |= mean != centers[regime][i];
          centers[regime][i] = mean;
        }
      }
    }
  }

  static int nearest(double[] point, double[][] centers) {
    int nearest = 0;
    for (int i = 1; i < centers.length; i++) {
      nearest = distance(point, centers[i]) < distance(point, centers[nearest]) ? i : nearest;
    }
    return nearest;
  }

  private static double distance(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (a[i] - b[i]) * (a[i] - b[i]);
    }
    return sum;
  }
}
