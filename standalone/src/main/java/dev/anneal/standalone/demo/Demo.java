package dev.anneal.standalone.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.anneal.schemas.HttpSchemaRegistry;
import dev.anneal.standalone.ControlClient;
import dev.anneal.standalone.Endpoints;
import dev.anneal.standalone.Standalone;
import java.io.IOException;
import java.net.URI;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;

/// Runs the loop on simulated plants or on NASA's data and tells what happens. Event time starts
/// half a year ago, runs through the history at once and then on at [Settings#day] a day.
public final class Demo {
  private static final Duration BEGINS_BEFORE_NOW = Duration.ofDays(180);

  /// @param once end when the story is complete
  /// @param cmapss to replay; null: simulated plants
  /// @param day wall-clock time of a day of event time
  /// @param limit without any progress, after which an incomplete story has failed
  public record Settings(boolean once, @Nullable CmapssData cmapss, Duration day, Duration limit) {
    public Settings {
      if (day.toMillis() < 100 || day.compareTo(Duration.ofDays(1)) > 0) {
        throw new IllegalArgumentException(
            "--day must be in [100 ms, 24 h], was %d ms".formatted(day.toMillis()));
      }
    }
  }

  private final Standalone anneal;
  private final Settings settings;
  private final Narrator narrator;
  private final InstantSource clock;

  /// @param narrator made before Anneal was started, so that its seconds count the start-up
  public Demo(Standalone anneal, Settings settings, Narrator narrator, InstantSource clock) {
    this.anneal = anneal;
    this.settings = settings;
    this.narrator = narrator;
    this.clock = clock;
  }

  /// Runs until the story is complete with [Settings#once], else until `stopped` says so.
  ///
  /// @return counts by name
  /// @throws StoryFailed when the story does not complete
  public Map<String, Object> run(BooleanSupplier stopped)
      throws IOException, SQLException, StoryFailed {
    var feeds = feeds();
    narrator.say("lines that begin with [#…] are what Slack shows, where it is set up");
    try (var consumer = consumer(anneal.endpoints())) {
      var registry = new HttpSchemaRegistry(URI.create(anneal.endpoints().registry()));
      var story = new Story(narrator, registry, feeds.getFirst().organization());
      Story.subscribe(consumer);
      writeHistory(feeds);
      var control = new ControlClient(URI.create(anneal.endpoints().control()));
      for (Feed feed : feeds) {
        narrator.say("apply organization " + feed.organization());
        control.apply(feed.organization(), feed.definition());
      }
      var loop = new StoryLoop(settings, narrator, clock);
      loop.run(feeds, story, consumer, stopped);
      var summary = story.summary();
      summary.put("totalSeconds", narrator.seconds());
      summary.put("peakMemoryMb", loop.peakBytes() >> 20);
      return summary;
    } finally {
      for (Feed feed : feeds) {
        feed.close();
      }
    }
  }

  /// The story did not come to its end; the message says which step is missing.
  public static final class StoryFailed extends Exception {
    StoryFailed(String message) {
      super(message);
    }
  }

  private List<Feed> feeds() throws IOException, SQLException {
    var server =
        new ScadaServer(
            anneal.postgres(), anneal.endpoints().postgresPortInDefinitions(), anneal.secrets());
    Instant start = clock.instant().minus(BEGINS_BEFORE_NOW).truncatedTo(ChronoUnit.DAYS);
    CmapssData data = settings.cmapss();
    if (data != null) {
      return List.of(new CmapssFeed(data, server, start));
    }
    var feeds = new ArrayList<Feed>();
    for (Plant plant : List.of(Plant.ACME, Plant.BOREALIS)) {
      feeds.add(new PlantFeed(plant, server, start));
    }
    return feeds;
  }

  private void writeHistory(List<Feed> feeds) throws SQLException {
    for (Feed feed : feeds) {
      Instant end = feed.historyEnd();
      if (feed.time().isBefore(end)) {
        narrator.say(
            "%s: writing history up to %s into its SCADA database"
                .formatted(feed.organization(), end));
        feed.writeUntil(end);
      }
    }
  }

  private static KafkaConsumer<String, byte[]> consumer(Endpoints endpoints) {
    var settings =
        Map.<String, Object>of(
            ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
            endpoints.bootstrapServers(),
            ConsumerConfig.GROUP_ID_CONFIG,
            "anneal-demo-" + ProcessHandle.current().pid(),
            ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
            "earliest",
            ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
            false,
            // keeps its places, which it commits nowhere, when topics of a new organization come
            ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
            CooperativeStickyAssignor.class.getName(),
            ConsumerConfig.ISOLATION_LEVEL_CONFIG,
            "read_committed",
            ConsumerConfig.METADATA_MAX_AGE_CONFIG,
            500,
            ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
            20_000);
    return new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer());
  }

  /// The last line of `--once`.
  public static String json(Map<String, Object> summary) throws IOException {
    return new ObjectMapper().writeValueAsString(summary);
  }
}
