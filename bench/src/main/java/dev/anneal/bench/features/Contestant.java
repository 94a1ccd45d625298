package dev.anneal.bench.features;

import dev.anneal.bench.features.Child.Program;
import java.nio.file.Path;

/// One way to make features of telemetry.
///
/// @param rows it makes before it is stopped; rates are of the later ones
/// @param warmUpRows of them, not measured
record Contestant(String name, Kind kind, int rows, int warmUpRows) {
  /// How it is done.
  enum Kind {
    COPY,
    INFLATE,
    INFLATE_PLAIN,
    PASS,
    WINDOW_STORE,
    ANNEAL_AT_LEAST_ONCE,
    ANNEAL_EXACTLY_ONCE,
    FLINK_KERNEL,
    FLINK_MAP_STATE;

    boolean isAnneal() {
      return this == ANNEAL_AT_LEAST_ONCE || this == ANNEAL_EXACTLY_ONCE;
    }
  }

  /// Where it works.
  ///
  /// @param directory of its own, for state
  record Site(
      Profile profile,
      String bootstrapServers,
      String registry,
      String input,
      String output,
      Path directory) {}

  Program program(Site site) {
    String state = site.directory().toString();
    return switch (kind) {
      case COPY, INFLATE, INFLATE_PLAIN ->
          Program.of(
              "-Xmx1g",
              LoopMain.class.getName(),
              loop(),
              site.bootstrapServers(),
              site.input(),
              site.output());
      case PASS, WINDOW_STORE ->
          Program.of(
              "-Xmx1g",
              StreamsMain.class.getName(),
              kind == Kind.PASS ? "pass" : "windows",
              site.bootstrapServers(),
              site.input(),
              site.output(),
              state,
              site.profile().name());
      case ANNEAL_AT_LEAST_ONCE -> AnnealStream.program(site, "at-least-once");
      case ANNEAL_EXACTLY_ONCE -> AnnealStream.program(site, "exactly-once");
      case FLINK_KERNEL -> FlinkPeer.program(site, "kernel");
      case FLINK_MAP_STATE -> FlinkPeer.program(site, "map-state");
    };
  }

  private String loop() {
    return switch (kind) {
      case COPY -> "copy";
      case INFLATE -> "inflate";
      default -> "plain";
    };
  }
}
