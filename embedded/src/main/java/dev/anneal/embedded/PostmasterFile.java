package dev.anneal.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Optional;

/// `postmaster.pid`, in which PostgreSQL's server process records who it is. Its lines: process id,
/// data directory, start time in seconds, port, …
///
/// @param data the data directory
record PostmasterFile(Path data) {
  private static final String PROGRAM = "postgres";

  /// The server that runs on the data directory, also one of an earlier run.
  Optional<ProcessHandle> running() throws IOException {
    return recorded().flatMap(r -> r.process(PROGRAM, data));
  }

  private Path file() {
    return data.resolve("postmaster.pid");
  }

  /// The lines of the file: process id, data directory, start time in seconds, port, …
  private Optional<Orphan> recorded() throws IOException {
    if (!Files.exists(file())) {
      return Optional.empty();
    }
    var lines = Files.readAllLines(file());
    boolean isWhole =
        lines.size() >= 3
            && lines.get(0).strip().matches("\\d{1,18}")
            && lines.get(2).matches("\\d{1,12}");
    return isWhole
        ? Optional.of(
            new Orphan(
                Long.parseLong(lines.get(0).strip()),
                lines.get(1),
                Instant.ofEpochSecond(Long.parseLong(lines.get(2)))))
        : Optional.empty();
  }

  /// PostgreSQL does not start while its file names a process that runs, whatever process that is.
  /// Where it is surely no server on this directory the file gets an id that no process has. What
  /// else is in the file stays: by it PostgreSQL finds backends that outlived a killed server.
  void disownForeignProcess() throws IOException {
    if (recorded().isPresent() && running().isEmpty()) {
      var lines = new ArrayList<>(Files.readAllLines(file()));
      lines.set(0, Integer.toString(Integer.MAX_VALUE));
      OwnerOnly.write(file(), String.join("\n", lines) + "\n");
    }
  }
}
