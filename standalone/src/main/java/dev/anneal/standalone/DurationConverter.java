package dev.anneal.standalone;

import java.time.Duration;
import org.springframework.boot.convert.DurationStyle;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Durations as definitions write them, `90s`, `5m`, `2h`, or as ISO 8601 does.
final class DurationConverter implements ITypeConverter<Duration> {
  @Override
  public Duration convert(String text) {
    boolean hasUnit = !text.isEmpty() && Character.isLetter(text.charAt(text.length() - 1));
    try {
      var duration = DurationStyle.detectAndParse(text);
      if (hasUnit && duration.isPositive()) {
        return duration;
      }
    } catch (IllegalArgumentException _) {
      // said below
    }
    throw new TypeConversionException(
        "must be a duration such as 90s, 5m or 2h, was \"%s\"".formatted(text));
  }
}
