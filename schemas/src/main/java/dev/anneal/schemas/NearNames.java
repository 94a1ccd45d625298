package dev.anneal.schemas;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/// Names that somebody may have meant.
public final class NearNames {
  /// Characters that are typed wrongly at most.
  private static final int MOST = 3;

  private NearNames() {}

  /// The known name that is nearest, of those in which at most three characters, and fewer than
  /// all, are changed, missing or too many; upper and lower case are the same.
  public static Optional<String> of(String name, Collection<String> known) {
    return known.stream()
        .filter(k -> distance(k, name) <= Math.min(MOST, Math.max(k.length(), name.length()) - 1))
        .min(Comparator.comparingInt(k -> distance(k, name)));
  }

  // Levenshtein's
  private static int distance(String a, String b) {
    String x = a.toLowerCase(Locale.ROOT);
    String y = b.toLowerCase(Locale.ROOT);
    int[] row = new int[y.length() + 1];
    Arrays.setAll(row, i -> i);
    for (int i = 1; i <= x.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= y.length(); j++) {
        int above = row[j];
        int change = x.charAt(i - 1) == y.charAt(j - 1) ? 0 : 1;
        row[j] = Math.min(Math.min(row[j] + 1, row[j - 1] + 1), diagonal + change);
        diagonal = above;
      }
    }
    return row[y.length()];
  }
}
