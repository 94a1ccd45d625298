package dev.anneal.system.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One `up` as users start it, a process in a session of its own, on a data directory that may
/// move. Everything of it but the data is beside the data directory.
final class Site {
  /// `up` has to do something at least so often while it starts.
  private static final long STANDSTILL_SECONDS = 240;

  private static final int STOP_SECONDS = 120;
  private static final long POLL_MILLIS = 100;
  private static final String READY = "Ctrl-C stops";

  /// Markers that may be nowhere but where they were put.
  static final String PASSWORD = "canary-password-5b2f81c7";

  static final String SLACK_TOKEN = "xoxb-canary-token-93d0c4ae";

  private final Path directory;
  private final @Nullable FakeClock clock;
  private final List<Path> logs = new ArrayList<>();
  private Path dataDirectory;
  private @Nullable Process process;
  private volatile @Nullable Addresses addresses;

  /// @param directory for logs and journals
  /// @param data parent of the data directory
  Site(Path directory, Path data, @Nullable FakeClock clock) {
    this.directory = directory;
    this.dataDirectory = data.resolve("data-0");
    this.clock = clock;
  }

  Path directory() {
    return directory;
  }

  Path dataDirectory() {
    return dataDirectory;
  }

  List<Path> logs() {
    return List.copyOf(logs);
  }

  Processes processes() {
    return new Processes(dataDirectory);
  }

  Addresses addresses() {
    var known = addresses;
    if (known == null) {
      throw new IllegalStateException("up was not ready yet");
    }
    return known;
  }

  boolean isAlive() {
    return process != null && process.isAlive();
  }

  /// @param options of the JVM
  void launch(String... options) throws IOException {
    Path log = directory.resolve("up-%03d.log".formatted(logs.size()));
    logs.add(log);
    var command =
        new ArrayList<>(
            List.of("setsid", Path.of(System.getProperty("java.home"), "bin", "java").toString()));
    command.addAll(List.of(options));
    command.addAll(
        List.of(
            "-Xmx1g",
            "-XX:+ExitOnOutOfMemoryError",
            "-XX:+UseSerialGC",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Danneal.registry.home=" + System.getProperty("anneal.registry.home"),
            "dev.anneal.standalone.Anneal",
            "up",
            "--data-dir",
            dataDirectory.toString(),
            "--set",
            "anneal.trainer.retry-delays=2s",
            "--set",
            "anneal.notifier.api=http://127.0.0.1:9/"));
    var builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    builder.environment().put("SLACK_TOKEN", SLACK_TOKEN);
    if (clock != null) {
      builder.environment().putAll(clock.environment());
    }
    process = builder.start();
  }

  /// @return whether it is ready; false: it has ended
  boolean awaitReady() throws IOException, InterruptedException {
    Path log = logs.getLast();
    String seen = "";
    long progress = System.nanoTime();
    while (true) {
      String now = Files.readString(log);
      if (now.contains(READY)) {
        addresses = Addresses.of(dataDirectory);
        return true;
      }
      if (!isAlive()) {
        return false;
      }
      String signs = now.length() + "/" + size(dataDirectory.resolve("anneal.log"));
      if (!signs.equals(seen)) {
        seen = signs;
        progress = System.nanoTime();
      } else if (System.nanoTime() - progress > TimeUnit.SECONDS.toNanos(STANDSTILL_SECONDS)) {
        throw new IllegalStateException("up stands still while it starts: " + lastLine());
      }
      Thread.sleep(POLL_MILLIS);
    }
  }

  private static long size(Path file) throws IOException {
    return Files.exists(file) ? Files.size(file) : 0;
  }

  /// What the newest `up` printed last.
  String lastLine() throws IOException {
    var lines = Files.readAllLines(logs.getLast());
    return lines.isEmpty() ? "" : lines.getLast();
  }

  void killEverything() {
    processes().kill(_ -> true);
  }

  /// Until the process has ended; false: it did not within that time.
  boolean awaitEnd(long seconds) throws InterruptedException {
    return process == null || process.waitFor(seconds, TimeUnit.SECONDS);
  }

  /// @return what still works on the data directory after SIGTERM and the process's end
  List<Processes.Found> stop() throws InterruptedException {
    if (process != null) {
      process.destroy();
      process.waitFor(STOP_SECONDS, TimeUnit.SECONDS);
    }
    return processes().all();
  }

  /// The caller has ended everything on it.
  void moveDirectory() throws IOException {
    int number = Integer.parseInt(dataDirectory.getFileName().toString().substring(5));
    Path next = dataDirectory.resolveSibling("data-" + (number + 1));
    Files.move(dataDirectory, next);
    dataDirectory = next;
  }

  /// Beside the logs: what it is on goes with the run.
  void keepData() throws IOException {
    Path kept = directory.resolve("data");
    try (var files = Files.walk(dataDirectory)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Files.copy(file, kept.resolve(dataDirectory.relativize(file).toString()));
      }
    }
  }

  void moveClock(String offset) throws IOException {
    if (clock == null) {
      throw new IllegalStateException("started without faketime");
    }
    clock.moveTo(offset);
  }

  /// For tests' messages.
  @Override
  public String toString() {
    return "up on %s (%s)".formatted(dataDirectory, Map.of("alive", isAlive()));
  }
}
