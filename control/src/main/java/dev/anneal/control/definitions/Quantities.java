package dev.anneal.control.definitions;

import java.util.OptionalLong;
import java.util.regex.Pattern;

/// Durations (`90m`, `7d`) and sizes (`100 MB`) as definitions write them.
final class Quantities {
  private static final Pattern DURATION = Pattern.compile("([0-9]{1,9}) ?(ms|s|m|h|d)");
  private static final Pattern SIZE = Pattern.compile("([0-9]{1,9}) ?(B|KB|MB|GB)");

  private Quantities() {}

  /// @return milliseconds, or empty where the text is no duration
  static OptionalLong millis(String text) {
    var matcher = DURATION.matcher(text);
    if (!matcher.matches()) {
      return OptionalLong.empty();
    }
    long unit =
        switch (matcher.group(2)) {
          case "ms" -> 1;
          case "s" -> 1_000;
          case "m" -> 60_000;
          case "h" -> 3_600_000;
          default -> 86_400_000;
        };
    return OptionalLong.of(Long.parseLong(matcher.group(1)) * unit);
  }

  /// @return bytes, with 1 KB = 1024 B as everywhere in the settings, or empty where the text is no
  ///     size
  static OptionalLong bytes(String text) {
    var matcher = SIZE.matcher(text);
    if (!matcher.matches()) {
      return OptionalLong.empty();
    }
    int shift =
        switch (matcher.group(2)) {
          case "B" -> 0;
          case "KB" -> 10;
          case "MB" -> 20;
          default -> 30;
        };
    return OptionalLong.of(Long.parseLong(matcher.group(1)) << shift);
  }
}
