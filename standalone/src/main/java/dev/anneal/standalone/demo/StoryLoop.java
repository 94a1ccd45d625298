package dev.anneal.standalone.demo;

import dev.anneal.standalone.demo.Demo.Settings;
import dev.anneal.standalone.demo.Demo.StoryFailed;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.jspecify.annotations.Nullable;

/// The part of the demo after the history: the plants go on and the story follows the topics, until
/// it is complete, stopped or stands still.
final class StoryLoop {
  /// Live event time that every organization sees before the process of one of them changes.
  private static final Duration STABLE = Duration.ofDays(2);

  /// Of the present, closer than two rows of a plant.
  private static final Duration NEAR = Duration.ofMinutes(10);

  private static final Duration TICK = Duration.ofMillis(50);
  private static final Duration REPORT = Duration.ofSeconds(2);

  private final Settings settings;
  private final Narrator narrator;
  private final InstantSource clock;
  private long peakBytes;
  private String lastProgress = "";

  StoryLoop(Settings settings, Narrator narrator, InstantSource clock) {
    this.settings = settings;
    this.narrator = narrator;
    this.clock = clock;
  }

  /// @throws StoryFailed when nothing moves, or nothing is left to come
  void run(
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

  /// The most memory that Anneal used so far.
  long peakBytes() {
    return peakBytes;
  }
}
