package dev.anneal.bench.features;

import java.io.IOException;
import java.time.Duration;

/// What it takes a stream to have its features back.
final class Rebuilding {
  private static final Duration SETTLED = Duration.ofSeconds(3);

  private final Race race;
  private final Cluster cluster;

  Rebuilding(Race race, Cluster cluster) {
    this.race = race;
    this.cluster = cluster;
  }

  /// @param rows read again
  record Cost(double rows, double wallSeconds, double cpuSeconds) {}

  /// Of a stream that has its place in the log, beside one that begins: both from the start of the
  /// JVM to the first row out.
  ///
  /// @param rows of telemetry that are there
  Cost restart(int rows) throws IOException {
    var contestant = contestant(rows);
    AnnealStream.createOutput(cluster);
    var site = race.site(AnnealStream.output());
    try {
      var fresh = start(contestant, site, 1, rows);
      race.fill(1);
      var again = start(contestant, site, rows + 1, rows + 1);
      return new Cost(
          rows,
          (again.nanos() - fresh.nanos()) / 1e9,
          (again.clientCpuMicros() - fresh.clientCpuMicros()) / 1e6);
    } finally {
      race.clean(contestant, site.output());
    }
  }

  /// @return when `seen` rows were out, since its start; it is stopped after `rows`
  private Speed.Moment start(Contestant contestant, Contestant.Site site, int seen, int rows)
      throws IOException {
    long start = System.nanoTime();
    try (var child = race.start("rebuild", contestant, site)) {
      var first = race.await(child, site.output(), seen);
      race.await(child, site.output(), rows);
      return new Speed.Moment(first.nanos() - start, first.rows(), first.clientCpuMicros(), 0);
    }
  }

  /// Of a stream that is warm and gets other features to make: from its next row to that row's
  /// features.
  Cost redefine() throws IOException {
    int rows = (int) cluster.end(AnnealStream.input());
    var contestant = contestant(rows);
    AnnealStream.createOutput(cluster);
    var site = race.site(AnnealStream.output());
    race.define(Profile.S);
    try (var child = race.start("redefine", contestant, site)) {
      race.await(child, site.output(), rows);
      race.define(Profile.M);
      child.awaitAlive(SETTLED);
      long start = System.nanoTime();
      double cpuBefore = child.cpuMicros();
      race.fill(1);
      var after = race.await(child, site.output(), rows + 1);
      return new Cost(
          rows, (after.nanos() - start) / 1e9, (after.clientCpuMicros() - cpuBefore) / 1e6);
    } finally {
      race.clean(contestant, site.output());
    }
  }

  private static Contestant contestant(int rows) {
    return new Contestant("rebuild", Contestant.Kind.ANNEAL_AT_LEAST_ONCE, rows, 0);
  }
}
