package dev.anneal.ingest;

import dev.anneal.schemas.RowCodec.Quality;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Quality columns: words, OPC's numbers (192 good, 0 bad) and what Ignition and Sparkplug put
/// there. A value nobody knows is [Quality#UNCERTAIN]: it is not said to be good.
final class Qualities {
  private static final Map<String, Quality> WORDS =
      Map.ofEntries(
          Map.entry("good", Quality.GOOD),
          Map.entry("ok", Quality.GOOD),
          Map.entry("valid", Quality.GOOD),
          Map.entry("true", Quality.GOOD),
          Map.entry("uncertain", Quality.UNCERTAIN),
          Map.entry("suspect", Quality.UNCERTAIN),
          Map.entry("out_of_range", Quality.OUT_OF_RANGE),
          Map.entry("out of range", Quality.OUT_OF_RANGE),
          Map.entry("stale", Quality.STALE),
          Map.entry("bad", Quality.BAD),
          Map.entry("invalid", Quality.BAD),
          Map.entry("fault", Quality.BAD),
          Map.entry("false", Quality.BAD));

  private Qualities() {}

  static Quality of(@Nullable Object value) {
    return switch (value) {
      case null -> Quality.GOOD;
      case Boolean good -> good ? Quality.GOOD : Quality.BAD;
      case Number number -> ofCode(number.intValue());
      case String text -> ofText(text.strip().toLowerCase(Locale.ROOT));
      default -> Quality.UNCERTAIN;
    };
  }

  private static Quality ofText(String text) {
    if (text.matches("\\d{1,9}")) {
      return ofCode(Integer.parseInt(text));
    }
    return WORDS.getOrDefault(text, Quality.UNCERTAIN);
  }

  private static Quality ofCode(int code) {
    return switch (code) {
      case 8 -> Quality.OUT_OF_RANGE;
      case 64, 500 -> Quality.STALE;
      // OPC: the upper two of eight bits; 11 good, 01 uncertain, 00 bad
      default -> code < 0 || code > 255 ? Quality.UNCERTAIN : ofBits(code >> 6);
    };
  }

  private static Quality ofBits(int bits) {
    return switch (bits) {
      case 3 -> Quality.GOOD;
      case 0 -> Quality.BAD;
      default -> Quality.UNCERTAIN;
    };
  }
}
