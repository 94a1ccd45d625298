package dev.anneal.stage;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RepeatedLinesTest {
  private static final String AWAY = "Connection to node -1 ({}) could not be established";

  private final ListAppender<ILoggingEvent> written = new ListAppender<>();
  private final LoggerContext logs = new LoggerContext();
  private final Logger library = logs.getLogger("org.apache.kafka.clients.NetworkClient");
  private final Logger ours = logs.getLogger("dev.anneal.trainer.RunScheduler");
  private long nanos = Long.MAX_VALUE - 5; // it wraps

  @BeforeEach
  void start() {
    logs.addTurboFilter(new RepeatedLines(() -> nanos));
    var root = logs.getLogger(Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.DEBUG);
    written.start();
    root.addAppender(written);
  }

  @Test
  void aLineThatRepeatsIsWrittenOnceAMinuteWithTheCountOfThoseLeftOut() {
    // Given
    for (int i = 0; i < 10_000; i++) {
      library.warn(AWAY, "kafka");
    }
    // When
    nanos += RepeatedLines.PERIOD.toNanos();
    library.warn(AWAY, "kafka");
    library.warn(AWAY, "kafka");
    nanos += Duration.ofHours(1).toNanos();
    library.warn(AWAY, "kafka");
    nanos += Duration.ofHours(1).toNanos();
    library.warn(AWAY, "kafka");
    // Then
    String line = "Connection to node -1 (kafka) could not be established";
    assertThat(written.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactly(
            line,
            line + " (9999 more like it were left out in between)",
            line + " (1 more like it were left out in between)",
            line);
    assertThat(written.list).allMatch(event -> event.getLevel() == Level.WARN);
  }

  @Test
  void whatIsCountedKeepsItsException() {
    // Given
    var failure = new IllegalStateException("away");
    library.error("failed {}", 1, failure);
    library.error("failed {}", 2, failure);
    // When
    nanos += RepeatedLines.PERIOD.toNanos();
    library.error("failed {}", 3, failure);
    // Then
    assertThat(written.list.getLast().getFormattedMessage()).startsWith("failed 3 (1 more");
    assertThat(written.list.getLast().getThrowableProxy().getMessage()).isEqualTo("away");
  }

  @Test
  void numbersMakeADifferenceInOurLinesAndInNewsOfLibraries() {
    for (int version = 1; version <= 3; version++) {
      ours.warn("version {} is refused", version);
      library.info("partition {} is assigned", version);
      library.warn("correlation id {} is late", version);
    }
    assertThat(written.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactly(
            "version 1 is refused",
            "partition 1 is assigned",
            "correlation id 1 is late",
            "version 2 is refused",
            "partition 2 is assigned",
            "version 3 is refused",
            "partition 3 is assigned");
  }

  @Test
  void theSameWordsOfAnotherLoggerOrExceptionAreAnotherLine() {
    library.warn("failed", new IllegalStateException("one"));
    library.warn("failed", new IllegalStateException("two"));
    logs.getLogger("org.apache.kafka.other").warn("failed", new IllegalStateException("one"));
    assertThat(written.list).hasSize(3);
  }

  @Test
  void whatAPersonTurnsOnIsLeftAloneAndWhatIsOffStaysOff() {
    logs.getLogger("org.quiet").setLevel(Level.ERROR);
    for (int i = 0; i < 3; i++) {
      library.debug("polled");
      logs.getLogger("org.quiet").warn("careful");
    }
    assertThat(written.list).hasSize(3).allMatch(event -> event.getLevel() == Level.DEBUG);
  }

  @Test
  void theOldestLineIsForgottenFirst() {
    ours.warn("first");
    for (int i = 0; i < RepeatedLines.MOST_LINES; i++) {
      ours.warn("another {}", i);
    }
    ours.warn("another {}", RepeatedLines.MOST_LINES - 1);
    ours.warn("first");
    assertThat(written.list).hasSize(RepeatedLines.MOST_LINES + 2);
  }
}
