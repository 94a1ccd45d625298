package dev.anneal.embedded;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/// PostgreSQL's server process on one data directory, by `pg_ctl`, which makes it the leader of a
/// session: Ctrl-C does not reach it, so it ends after those that use it.
final class Postmaster {
  private static final String DATA = "data";

  /// `pg_ctl` waits as long as the server lives; it counts in tenths of a second.
  private static final String NO_LIMIT_SECONDS = "100000000";

  private static final Duration REPORT = Duration.ofSeconds(10);
  private static final Pattern FATAL = Pattern.compile("(?m)^.*\\b(?:FATAL|PANIC): +(.*)$");
  private static final Map<String, String> SETTINGS =
      Map.ofEntries(
          Map.entry("wal_level", "logical"),
          Map.entry("max_replication_slots", "64"),
          Map.entry("max_wal_senders", "64"),
          Map.entry("max_connections", "200"),
          Map.entry("max_slot_wal_keep_size", "4GB"),
          Map.entry("listen_addresses", "127.0.0.1"),
          // a socket in /tmp would be open to all users of the machine
          Map.entry("unix_socket_directories", ""),
          Map.entry("timezone", "UTC"),
          Map.entry("lc_messages", "C")); // the reasons of failures are read

  /// Shutdown modes, the gentlest first. None loses a committed row.
  private enum Signal {
    /// rolls back what runs, writes a checkpoint
    INT(Duration.ofSeconds(60)),
    /// as a crash: the next start recovers from the log
    QUIT(Duration.ofSeconds(5)),
    KILL(Duration.ofSeconds(10));

    private final Duration limit;

    Signal(Duration limit) {
      this.limit = limit;
    }
  }

  /// Backends of a server that was killed have not ended yet.
  static final class StillInUse extends IOException {
    StillInUse(String message) {
      super(message);
    }
  }

  private final PostgresBinaries binaries;
  private final Path directory;

  /// @param directory holds `data` and `log`
  Postmaster(PostgresBinaries binaries, Path directory) {
    this.binaries = binaries;
    this.directory = directory;
  }

  Path data() {
    return directory.resolve(DATA);
  }

  private Path log() {
    return directory.resolve("log");
  }

  /// Creates the data directory as a whole or not at all.
  ///
  /// @param passwordFile the superuser's
  /// @param progress receives what a long one waits for
  void initialize(Path passwordFile, Consumer<String> progress)
      throws IOException, InterruptedException {
    Path beside = directory.resolve("data.new");
    PostgresBinaries.delete(beside);
    var command =
        binaries.command(
            "initdb",
            "--pgdata=" + beside,
            "--username=postgres",
            "--pwfile=" + passwordFile,
            "--auth=scram-sha-256",
            "--encoding=UTF-8",
            "--no-instructions");
    int exit =
        await(
            command,
            waited ->
                progress.accept(
                    "waiting for PostgreSQL's data directory, %d s so far"
                        .formatted(waited.toSeconds())));
    if (exit != 0) {
      throw new IOException(
          "PostgreSQL's data directory cannot be created in %s: initdb ended with %d, see %s"
              .formatted(directory, exit, log()));
    }
    Files.move(beside, data());
  }

  /// Returns when the server accepts connections.
  ///
  /// @param progress receives what a long start waits for
  /// @throws PortTaken when somebody else listens there
  /// @throws StillInUse when a try a moment later may succeed
  /// @throws IOException with PostgreSQL's reason
  ProcessHandle start(int port, Consumer<String> progress)
      throws IOException, InterruptedException {
    long from = LogTail.size(log());
    var options = new ArrayList<>(List.of("-p", Integer.toString(port)));
    SETTINGS.forEach((name, value) -> options.addAll(List.of("-c", name + "=" + value)));
    var command =
        binaries.command(
            "pg_ctl",
            "start",
            "--pgdata=" + data(),
            "--log=" + log(),
            "--wait",
            "--timeout=" + NO_LIMIT_SECONDS,
            "--silent",
            "--options=" + String.join(" ", options));
    int exit =
        await(
            command,
            waited ->
                progress.accept(
                    "waiting for PostgreSQL, %d s so far; its log is %s"
                        .formatted(waited.toSeconds(), log())));
    if (exit != 0) {
      throw failure(port, from, exit);
    }
    return file()
        .running()
        .orElseThrow(() -> new IOException("PostgreSQL ended right after its start"));
  }

  private int await(List<String> command, Consumer<Duration> waiting)
      throws IOException, InterruptedException {
    var log = Redirect.appendTo(log().toFile());
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log).start();
    try {
      var waited = REPORT;
      while (!process.waitFor(REPORT.toSeconds(), TimeUnit.SECONDS)) {
        waiting.accept(waited);
        waited = waited.plus(REPORT);
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      throw e;
    }
  }

  private IOException failure(int port, long from, int exit) throws IOException {
    String text = LogTail.from(log(), from);
    if (text.contains("could not bind") && text.contains("in use")) {
      return new PortTaken(port);
    }
    var fatal = FATAL.matcher(text);
    String reason = "pg_ctl ended with " + exit;
    while (fatal.find()) {
      reason = fatal.group(1);
    }
    String message = "PostgreSQL does not start: %s; see %s".formatted(reason, log());
    return text.contains("still in use") ? new StillInUse(message) : new IOException(message);
  }

  PostmasterFile file() {
    return new PostmasterFile(data());
  }

  /// Ends the server and waits for it.
  ///
  /// @param isUrgent no checkpoint is written: the next start recovers from the log
  void stop(ProcessHandle server, boolean isUrgent) throws IOException {
    for (Signal signal : Signal.values()) {
      if (isUrgent && signal == Signal.INT) {
        continue;
      }
      if (!Processes.isRunning(server)) {
        return;
      }
      send(signal, server);
      if (Processes.awaitEnd(server, signal.limit)) {
        return;
      }
    }
    throw new IOException("PostgreSQL (process %d) does not end".formatted(server.pid()));
  }

  private void send(Signal signal, ProcessHandle server) throws IOException {
    if (signal == Signal.KILL) {
      server.destroyForcibly();
      return;
    }
    try {
      await(
          binaries.command("pg_ctl", "kill", signal.name(), Long.toString(server.pid())), _ -> {});
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
