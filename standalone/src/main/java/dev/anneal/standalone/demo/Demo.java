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

  /// Of the present, closer than two rows of a plant.
  private static final Duration NEAR = Duration.ofMinutes(10);

  private static final Duration TICK = Duration.ofMillis(50);
  private static final Duration REPORT = Duration.ofSeconds(2);

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

  private void live(
      List<Feed> feeds, Story story, Consumer<String, byte[]> consumer, BooleanSupplier stopped)
      throws SQLException, StoryFailed {
    var organizations = feeds.stream().map(Feed::organization).toList();
    var clockwork = new Clockwork(feeds, story);
    var change = new ProcessChange(feeds.getFirst(), story);
    var lastReport = Duration.ZERO;
    var lastMove = narrator.elapsed();
    boolean told = false;
    while (!stopped.getAsBoolean()) {
      boolean moved = story.follow(consumer, TICK);
      var now = narrator.elapsed();
      if (organizations.stream().allMatch(o -> story.deployments(o) > 0)) {
        moved |= clockwork.advance(now);
        change.make();
      }
      lastMove = moved ? now : lastMove;
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
      if (settings.once() && missing.isEmpty()) {
        return;
      }
      if (settings.once()) {
        requireProgress(feeds, story, missing, now.minus(lastMove));
      }
    }
  }

  /// However long it takes: a story fails only when nothing moves, or when nothing is left to come.
  private void requireProgress(List<Feed> feeds, Story story, String missing, Duration still)
      throws StoryFailed {
    boolean isOver = feeds.stream().noneMatch(f -> f.time().isBefore(clock.instant()));
    if (still.compareTo(settings.limit()) > 0 || isOver) {
      var written = feeds.stream().collect(Collectors.toMap(Feed::organization, Feed::newestRow));
      throw new StoryFailed(
          "not complete: %s. %s, and the stage that stands still is %s. %s"
              .formatted(
                  missing,
                  isOver
                      ? "Event time has come to the present"
                      : "Nothing has moved for %d s".formatted(still.toSeconds()),
                  story.standstill(written),
                  String.join("; ", story.failures())));
    }
  }

  /// Has the plants go on, each as fast as [Pace] lets it.
  private final class Clockwork {
    private final List<Feed> feeds;
    private final Story story;
    private final Pace pace = new Pace(settings.day());
    private @Nullable Duration last;
    private boolean isPresent;

    Clockwork(List<Feed> feeds, Story story) {
      this.feeds = feeds;
      this.story = story;
    }

    /// @return whether any plant has gone on
    boolean advance(Duration now) throws SQLException {
      Duration elapsed = last == null ? Duration.ZERO : now.minus(last);
      last = now;
      boolean moved = false;
      for (var feed : feeds) {
        Instant time = feed.time();
        Instant next = pace.next(time, done(feed), elapsed, clock.instant());
        if (!feed.exhausted() && next.isAfter(time)) {
          feed.writeUntil(next);
          moved |= feed.time().isAfter(time);
        }
      }
      tellPresent();
      return moved;
    }

    /// Where every row is scored the loop is done with all there is.
    private Instant done(Feed feed) {
      Instant newest = feed.newestRow();
      Instant scored = story.scored(feed.organization()).orElse(feed.historyEnd());
      return scored.isBefore(newest) ? scored : feed.time();
    }

    private void tellPresent() {
      Instant present = clock.instant().minus(NEAR);
      if (!isPresent && feeds.stream().anyMatch(f -> f.time().isAfter(present))) {
        isPresent = true;
        narrator.say("event time has come to the present: from here on rows come as in life");
      }
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
