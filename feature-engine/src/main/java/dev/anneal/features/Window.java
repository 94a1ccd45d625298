package dev.anneal.features;

import java.util.regex.Pattern;

/// Which of an asset's newest rows a rolling statistic covers, the current row included.
public sealed interface Window {
  /// Longest window and lag: a year.
  long MAX_SECONDS = 366L * 24 * 3600;

  /// Most rows of a window by rows; half of what the ring may hold.
  int MAX_ROWS = AssetFeatures.MAX_ROWS / 2;

  /// As written in the definition, and in the feature's name: `5`, `10m`.
  String text();

  /// The newest `rows` rows.
  record Rows(int rows) implements Window {
    @Override
    public String text() {
      return Integer.toString(rows);
    }
  }

  /// Rows with an event time in `(t - seconds, t]`.
  record Time(long seconds, String text) implements Window {}

  /// @param text rows (`5`) or a duration (`30s`, `10m`, `6h`, `1d`)
  /// @throws IllegalArgumentException saying what is wrong
  static Window parse(String text) {
    var matcher = Texts.WINDOW.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "rolling window must be a number of rows (5) or a duration (30s, 10m, 6h, 1d), was '%s'"
              .formatted(text));
    }
    long count = Long.parseLong(matcher.group(1));
    long unit =
        switch (matcher.group(2)) {
          case "s" -> 1;
          case "m" -> 60;
          case "h" -> 3600;
          case "d" -> 24 * 3600;
          default -> 0;
        };
    return unit == 0 ? rows(count, text) : time(count * unit, text);
  }

  private static Window rows(long rows, String text) {
    if (rows < 1 || rows > MAX_ROWS) {
      throw new IllegalArgumentException(
          "rolling window must be 1 to %d rows, was '%s'".formatted(MAX_ROWS, text));
    }
    return new Rows((int) rows);
  }

  private static Window time(long seconds, String text) {
    if (seconds < 1 || seconds > MAX_SECONDS) {
      throw new IllegalArgumentException(
          "rolling window must be 1s to 366d, was '%s'".formatted(text));
    }
    return new Time(seconds, text);
  }

  /// What a window looks like in text.
  final class Texts {
    // no leading zeros: a window has one name
    private static final Pattern WINDOW = Pattern.compile("([1-9][0-9]{0,8})([smhd]?)");

    private Texts() {}
  }
}
