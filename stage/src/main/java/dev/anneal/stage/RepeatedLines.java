package dev.anneal.stage;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;
import org.slf4j.helpers.FormattingTuple;
import org.slf4j.helpers.MessageFormatter;

/// Writes a line that repeats at most once a minute, with the count of those that were left out
/// since: a client whose server is away logs thousands of them a second. In the warnings of
/// libraries numbers make no difference, because they count tries and correlations there. Lines
/// below [Level#INFO] are a person's who looks for something, and are left alone.
public final class RepeatedLines extends TurboFilter {
  static final Duration PERIOD = Duration.ofMinutes(1);

  /// Different lines that are remembered, 4 MB at most; the oldest is forgotten first.
  static final int MOST_LINES = 1_000;

  /// Characters of a line that are compared.
  private static final int COMPARED = 2_000;

  private static final String OURS = "dev.anneal.";

  private record Line(String logger, String text, String thrown) {}

  private record Written(long nanos, long leftOut) {}

  private final LongSupplier clock;
  private final Map<Line, Written> lines =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Line, Written> eldest) {
          return size() > MOST_LINES;
        }
      };

  // public: logback makes it by the name in a configuration file
  public RepeatedLines() {
    this(System::nanoTime);
  }

  /// @param clock as [System#nanoTime]
  RepeatedLines(LongSupplier clock) {
    this.clock = clock;
    setName(RepeatedLines.class.getName());
  }

  @Override
  public FilterReply decide(
      @Nullable Marker marker,
      Logger logger,
      Level level,
      @Nullable String format,
      Object @Nullable [] parameters,
      @Nullable Throwable thrown) {
    if (format == null
        || !level.isGreaterOrEqual(Level.INFO)
        || !level.isGreaterOrEqual(logger.getEffectiveLevel())) {
      return FilterReply.NEUTRAL;
    }
    var message = message(format, parameters, thrown);
    long leftOut = leftOut(line(logger, level, message));
    if (leftOut > 0) {
      write(logger, level, message, leftOut);
    }
    return leftOut == 0 ? FilterReply.NEUTRAL : FilterReply.DENY;
  }

  private static FormattingTuple message(
      String format, Object @Nullable [] parameters, @Nullable Throwable thrown) {
    var formatted = MessageFormatter.arrayFormat(format, parameters);
    return thrown == null // it may be the last parameter
        ? formatted
        : new FormattingTuple(formatted.getMessage(), parameters, thrown);
  }

  /// @return how many were left out before this one, negative when this one is left out
  private synchronized long leftOut(Line line) {
    long now = clock.getAsLong();
    Written last = lines.get(line);
    if (last != null && now - last.nanos() < PERIOD.toNanos()) {
      lines.put(line, new Written(last.nanos(), last.leftOut() + 1));
      return -1;
    }
    lines.put(line, new Written(now, 0));
    return last == null ? 0 : last.leftOut();
  }

  private static Line line(Logger logger, Level level, FormattingTuple message) {
    String text = String.valueOf(message.getMessage());
    String compared = text.substring(0, Math.min(text.length(), COMPARED));
    String thrown = String.valueOf(message.getThrowable());
    boolean isOfLibrary = !logger.getName().startsWith(OURS);
    return isOfLibrary && level.isGreaterOrEqual(Level.WARN)
        ? new Line(logger.getName(), withoutNumbers(compared), withoutNumbers(thrown))
        : new Line(logger.getName(), compared, thrown);
  }

  private static String withoutNumbers(String text) {
    return text.replaceAll("\\d+", "#");
  }

  private static void write(Logger logger, Level level, FormattingTuple message, long leftOut) {
    String counted =
        "%s (%d more like it were left out in between)".formatted(message.getMessage(), leftOut);
    logger.callAppenders(
        new LoggingEvent(
            Logger.class.getName(), logger, level, counted, message.getThrowable(), null));
  }
}
