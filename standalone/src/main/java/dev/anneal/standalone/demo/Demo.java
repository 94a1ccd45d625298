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
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
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

  /// Live event time that every organization sees before the process of one of them changes.
  private static final Duration STABLE = Duration.ofDays(2);

  private static final Duration TICK = Duration.ofMillis(50);
  private static final Duration REPORT = Duration.ofSeconds(2);

  /// @param once end when the story is complete
  /// @param cmapss to replay; null: simulated plants
  /// @param day wall-clock time of a day of event time
  /// @param limit after which an incomplete story has failed
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
  private long peakBytes;
  private String lastProgress = "";

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
      live(feeds, story, consumer, stopped);
      var summary = story.summary();
      summary.put("totalSeconds", narrator.seconds());
      summary.put("peakMemoryMb", peakBytes >> 20);
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
    var server = ScadaServer.of(anneal.postgres(), anneal.directory());
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

  private void live(
      List<Feed> feeds, Story story, Consumer<String, byte[]> consumer, BooleanSupplier stopped)
      throws SQLException, StoryFailed {
    var organizations = feeds.stream().map(Feed::organization).toList();
    var pace = new Pace(settings.day());
    var change = new ProcessChange(feeds.getFirst(), story);
    var lastReport = Duration.ZERO;
    boolean told = false;
    while (!stopped.getAsBoolean()) {
      story.follow(consumer, TICK);
      var now = narrator.elapsed();
      if (organizations.stream().allMatch(o -> story.deployments(o) > 0)) {
        pace.advance(feeds, now);
        change.make();
      }
      if (now.minus(lastReport).compareTo(REPORT) > 0) {
        lastReport = now;
        report(feeds, story);
      }
      String missing = story.missing(organizations);
      if (missing.isEmpty() && !told) {
        told = true;
        narrator.say(
            "the story is complete: " + (settings.once() ? "stopping" : "it goes on until Ctrl-C"));
      }
      if (missing.isEmpty() && settings.once()) {
        return;
      }
      if (settings.once() && now.compareTo(settings.limit()) > 0) {
        throw new StoryFailed(
            "not complete after %d s: %s. %s"
                .formatted(now.toSeconds(), missing, String.join("; ", story.failures())));
      }
    }
  }

  /// Turns wall-clock time into event time, from the first call on. What overtook the present would
  /// be refused as of the future, so there the plants go on at the pace of life.
  private final class Pace {
    private final Duration day;
    private @Nullable Duration started;
    private boolean isPresent;
    private Map<String, Instant> origins = Map.of();

    Pace(Duration day) {
      this.day = day;
    }

    void advance(List<Feed> feeds, Duration now) throws SQLException {
      Duration begin = started;
      if (begin == null) {
        begin = now;
        started = now;
        origins = feeds.stream().collect(Collectors.toMap(Feed::organization, Feed::time));
      }
      double days = (double) now.minus(begin).toNanos() / day.toNanos();
      for (var feed : feeds) {
        if (!feed.exhausted()) {
          Instant origin = origins.getOrDefault(feed.organization(), feed.time());
          feed.writeUntil(
              untilNow(origin.plusMillis((long) (days * Duration.ofDays(1).toMillis()))));
        }
      }
    }

    private Instant untilNow(Instant time) {
      Instant present = clock.instant();
      if (!time.isAfter(present)) {
        return time;
      }
      if (!isPresent) {
        isPresent = true;
        narrator.say("event time has come to the present: from here on rows come as in life");
      }
      return present;
    }
  }

  /// Changes the process of one organization once, after it has been stable for a while.
  private final class ProcessChange {
    private final Feed feed;
    private final Story story;
    private @Nullable Instant due;

    ProcessChange(Feed feed, Story story) {
      this.feed = feed;
      this.story = story;
      var earlier = feed.changed();
      if (earlier != null) {
        story.processChangesAt(earlier);
      }
    }

    void make() throws SQLException {
      if (feed.changed() != null) {
        return;
      }
      Instant at = due;
      if (at == null) {
        at = feed.changeAfter(feed.time().plus(STABLE));
        due = at;
      }
      if (!feed.time().isBefore(at)) {
        feed.changeProcess();
        story.processChangesAt(at);
        narrator.say(
            "%s: THE PROCESS CHANGES at %s: %s".formatted(feed.organization(), at, feed.change()));
      }
    }
  }

  private void report(List<Feed> feeds, Story story) {
    Memory.bytes().ifPresent(bytes -> peakBytes = Math.max(peakBytes, bytes));
    String progress =
        String.format(
            Locale.ROOT,
            "event time %s · rows in %,d · features out %,d · predictions %,d · messages %,d",
            feeds.getFirst().time().truncatedTo(ChronoUnit.HOURS),
            story.count("telemetry"),
            story.count("features"),
            story.count("predictions"),
            story.count("anneal.notifications"));
    if (!progress.equals(lastProgress)) {
      lastProgress = progress;
      narrator.say(progress);
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
