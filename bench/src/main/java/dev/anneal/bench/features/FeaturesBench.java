package dev.anneal.bench.features;

import dev.anneal.bench.Goal;
import dev.anneal.bench.Numbers;
import dev.anneal.bench.Progress;
import dev.anneal.bench.Report;
import dev.anneal.bench.Scale;
import dev.anneal.bench.features.Contestant.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// The feature stream beside its peers.
public final class FeaturesBench {
  private final Scale scale;
  private final Path directory;
  private final Report report = new Report("anneal bench features");

  /// @param directory for the brokers' logs and the contestants' state; the caller deletes it
  public FeaturesBench(Scale scale, Path directory) {
    this.scale = scale;
    this.directory = directory;
  }

  public Report run() throws IOException {
    if (!FlinkPeer.isThere()) {
      report.note("Flink was not built (`./anneal bench` builds it), so it is not measured.");
    }
    for (var profile : Profile.values()) {
      var contestants = Field.of(profile, scale);
      if (!contestants.isEmpty()) {
        race(profile, contestants);
      }
    }
    if (scale == Scale.FULL) {
      pace();
      rebuild();
    }
    Kernel.run(report, scale, directory);
    if (scale == Scale.QUICK) {
      report.note("Quick: after 200,000 rows the JVMs still compile, the larger programs most.");
    }
    return report;
  }

  private void race(Profile profile, List<Contestant> contestants) throws IOException {
    var results = new Results();
    int rounds = scale.choose(1, 3);
    var own = directory.resolve(profile.id());
    try (var race = Race.prepare(profile, Field.rows(contestants), own)) {
      for (int round = 1; round <= rounds; round++) {
        Progress.say("profile %s: round %d of %d", profile, round, rounds);
        for (var contestant : contestants) {
          results.add(contestant, race.run(contestant));
        }
      }
      results.write(report, profile, race.bytesPerRow());
      report.note(
          "Profile %s: a telemetry row has %.1f bytes with its key."
              .formatted(profile, race.bytesPerRow()));
    }
    goals(profile, results);
  }

  /// On a broker of its own, whose telemetry is only what was paced.
  private void pace() throws IOException {
    var table =
        report.table(
            "Paced: 5000 rows/s, profile S",
            "guarantee",
            "p50 ms",
            "p99 ms",
            "p99.9 ms",
            "state ÷ input bytes on disk");
    int rows = 200_000;
    double state = 0;
    try (var race = Race.prepare(Profile.S, 0, directory.resolve("paced"))) {
      for (var kind : List.of(Kind.ANNEAL_AT_LEAST_ONCE, Kind.ANNEAL_EXACTLY_ONCE)) {
        boolean isOnce = kind == Kind.ANNEAL_EXACTLY_ONCE;
        String guarantee = isOnce ? "exactly-once" : "at-least-once";
        Progress.say("5000 rows a second, %s", guarantee);
        var outcome = race.pace(kind, rows);
        var latency = outcome.latency();
        table.add(guarantee, latency.median(), latency.p99(), latency.p999(), outcome.stateShare());
        String name = "produce to feature p99, " + guarantee;
        report.goal(Goal.atMost(name, "ms", isOnce ? 150 : 60, latency.p99()));
        state = Math.max(state, outcome.stateShare());
      }
    }
    report.goal(Goal.atMost("state written ÷ input, bytes, at a plant's pace", "×", 1.0, state));
  }

  /// On a broker of its own, whose telemetry is all read again.
  private void rebuild() throws IOException {
    int rows = 450_000; // fewer than the stream reads again at most
    int rounds = 3;
    var seconds = new double[rounds];
    var perCore = new double[rounds];
    for (int round = 0; round < rounds; round++) {
      try (var race = Race.prepare(Profile.S, rows, directory.resolve("rebuild" + round))) {
        var cost = race.rebuilding().redefine();
        seconds[round] = cost.wallSeconds();
        perCore[round] = cost.rows() / cost.cpuSeconds();
      }
    }
    double rate = Numbers.median(perCore);
    report
        .table("Rebuild, profile S", "rows read again", "s", "rows/s per core")
        .add(rows, Numbers.median(seconds), rate);
    report.goal(Goal.atLeast("rebuild per core", "rows/s", 500_000, rate));
  }

  private void goals(Profile profile, Results results) {
    var once = Kind.ANNEAL_AT_LEAST_ONCE;
    if (profile == Profile.S) {
      atLeast(results, "at-least-once ÷ inflate loop", .60, once, Kind.INFLATE);
      atLeast(results, "exactly-once ÷ inflate loop", .52, Kind.ANNEAL_EXACTLY_ONCE, Kind.INFLATE);
      atLeast(results, "at-least-once ÷ inflate loop, plain", .60, once, Kind.INFLATE_PLAIN);
      atLeast(results, "÷ Flink with Anneal's kernel", 1.0, once, Kind.FLINK_KERNEL);
      if (results.has(Kind.FLINK_KERNEL)) {
        double cpu = results.ratio(once, Kind.FLINK_KERNEL, o -> o.speed().clientMicros());
        report.goal(Goal.atMost("CPU a row ÷ Flink with Anneal's kernel", "×", 1.0, cpu));
      }
      double state =
          Math.max(results.stateShare(once), results.stateShare(Kind.ANNEAL_EXACTLY_ONCE));
      report.goal(Goal.atMost("state written ÷ input, bytes, at full speed", "×", 1.0, state));
    }
    boolean isSmall = profile == Profile.S;
    String suffix = ", profile " + profile;
    atLeast(
        results, "÷ Streams window store" + suffix, isSmall ? 4.5 : 45, once, Kind.WINDOW_STORE);
    atLeast(results, "÷ Flink MapState" + suffix, isSmall ? 6 : 100, once, Kind.FLINK_MAP_STATE);
  }

  private void atLeast(Results results, String name, double goal, Kind of, Kind to) {
    if (results.has(of) && results.has(to)) {
      double ratio = results.ratio(of, to, o -> o.speed().rowsPerSecond());
      report.goal(Goal.atLeast("Anneal " + name, "×", goal, ratio));
    }
  }
}
