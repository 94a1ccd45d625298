package dev.anneal.standalone.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anneal.schemas.HttpSchemaRegistry;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StoryLoopTest {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final Instant NEWEST_ROW = Instant.parse("2026-01-01T00:00:00Z");

  /// Telemetry and the progress of outcomes are counted without their schemas.
  private static final URI NOBODY = URI.create("http://127.0.0.1:1");

  private static final TopicPartition TELEMETRY = new TopicPartition("anneal.telemetry.acme", 0);
  private static final TopicPartition OUTCOMES = new TopicPartition("anneal.outcomes.acme", 0);

  private Duration elapsed = Duration.ZERO;
  private final MockConsumer<String, byte[]> consumer = new MockConsumer<>("earliest");
  private final Narrator narrator =
      new Narrator(new PrintStream(OutputStream.nullOutputStream()), () -> elapsed.toNanos());
  private int polls;

  /// Has all of its rows in the database, half a year before the present.
  private static final class WrittenFeed implements Feed {
    @Override
    public String organization() {
      return "acme";
    }

    @Override
    public String definition() {
      return "";
    }

    @Override
    public Instant time() {
      return NEWEST_ROW;
    }

    @Override
    public Instant newestRow() {
      return NEWEST_ROW;
    }

    @Override
    public void writeUntil(Instant time) {}

    @Override
    public Instant historyEnd() {
      return NEWEST_ROW;
    }

    @Override
    public Instant changeAfter(Instant earliest) {
      return earliest;
    }

    @Override
    public String change() {
      return "";
    }

    @Override
    public void changeProcess() {}

    @Override
    public @Nullable Instant changed() {
      return null;
    }

    @Override
    public boolean exhausted() {
      return false;
    }

    @Override
    public void close() {}
  }

  private void comes(TopicPartition partition, @Nullable String key) {
    consumer.addRecord(
        new ConsumerRecord<>(
            partition.topic(),
            partition.partition(),
            polls,
            NEWEST_ROW.toEpochMilli(),
            TimestampType.CREATE_TIME,
            0,
            0,
            key,
            new byte[0],
            new RecordHeaders(),
            Optional.empty()));
  }

  /// @param moving polls that take 100 s and bring a row; those after them take 61 s and bring only
  ///     how far the source was read
  private void poll(int moving) {
    polls++;
    if (polls <= moving) {
      elapsed = elapsed.plusSeconds(100);
      comes(TELEMETRY, "pump-1");
    } else {
      elapsed = elapsed.plusSeconds(61);
      comes(OUTCOMES, null);
    }
    consumer.schedulePollTask(() -> poll(moving));
  }

  private void run(int moving) throws Exception {
    consumer.assign(List.of(TELEMETRY, OUTCOMES));
    consumer.updateBeginningOffsets(Map.of(TELEMETRY, 0L, OUTCOMES, 0L));
    consumer.schedulePollTask(() -> poll(moving));
    var settings = new Demo.Settings(true, null, Duration.ofSeconds(1), LIMIT);
    var clock = InstantSource.fixed(NEWEST_ROW.plus(Duration.ofDays(180)));
    var story = new Story(narrator, new HttpSchemaRegistry(NOBODY), "acme");
    // more polls than it takes to fail
    new StoryLoop(settings, narrator, clock)
        .run(List.of(new WrittenFeed()), story, consumer, () -> polls >= moving + 10);
  }

  @Test
  void aSlowStoryGoesOnForHoursAsLongAsItMovesAndFailsTwoMinutesAfterItsLastMove() {
    // Given rows that come every 100 s, for more than two hours
    int moving = 80;

    // Then
    assertThatThrownBy(() -> run(moving))
        .isInstanceOf(Demo.StoryFailed.class)
        .hasMessageStartingWith(
            "not complete: acme: no first model in service. Nothing has moved for 122 s, and the"
                + " stage that stands still is feature-stream (acme: 80 rows are read, 0 have"
                + " features)");
    assertThat(elapsed).isEqualTo(Duration.ofSeconds(80 * 100 + 122));
  }

  @Test
  void aStoryInWhichNothingEverMovesFailsAfterTheLimitToo() {
    assertThatThrownBy(() -> run(0))
        .isInstanceOf(Demo.StoryFailed.class)
        .hasMessageContaining("Nothing has moved for 122 s")
        .hasMessageContaining("stands still is ingest (acme: rows up to " + NEWEST_ROW);
    assertThat(elapsed).isEqualTo(Duration.ofSeconds(122));
  }
}
