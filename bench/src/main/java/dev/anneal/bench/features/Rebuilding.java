package dev.anneal.bench.features;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;

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

  /// Of a stream that is warm and gets other features to make: from its next row to that row's
  /// features.
  Cost redefine() throws IOException {
    int rows = (int) cluster.end(AnnealStream.input());
    var contestant = new Contestant("rebuild", Contestant.Kind.ANNEAL_AT_LEAST_ONCE, rows, 0);
    AnnealStream.createOutput(cluster, Map.of());
    var site = race.site(AnnealStream.output());
    try (var child = race.start("rebuild", contestant, site)) {
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
}
