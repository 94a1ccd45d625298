package dev.anneal.bench.features;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A JVM of its own: a contestant or the broker. What it says goes to a file.
final class Child implements AutoCloseable {
  private static final Duration STOP_WAIT = Duration.ofSeconds(15);
  private static final int TOLD_LINES = 15;

  private final Process process;
  private final String name;
  private final Path log;

  private Child(Process process, String name, Path log) {
    this.process = process;
    this.name = name;
    this.log = log;
  }

  /// A Java program.
  ///
  /// @param jvm options
  record Program(List<String> jvm, String classPath, String main, List<String> arguments) {
    private static final List<String> OPTIONS =
        List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow");

    /// The collector that `./anneal` runs with, the fastest of two cores for all of them, and pages
    /// large enough that state does not miss the TLB.
    static final List<String> MEMORY = List.of("-XX:+UseSerialGC", "-XX:+UseTransparentHugePages");

    /// On this program's own class path.
    static Program of(String heap, String main, String... arguments) {
      var options = new ArrayList<>(OPTIONS);
      options.addAll(MEMORY);
      options.add(heap);
      return new Program(options, System.getProperty("java.class.path"), main, List.of(arguments));
    }
  }

  static Child start(String name, Program program, Path directory) throws IOException {
    Path log = Files.createTempFile(directory, name, ".log");
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(program.jvm());
    command.addAll(List.of("-cp", program.classPath(), program.main()));
    command.addAll(program.arguments());
    var process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(Redirect.to(log.toFile()))
            .start();
    // a broken benchmark leaves nothing running
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    return new Child(process, name, log);
  }

  /// CPU time it took so far, microseconds.
  double cpuMicros() {
    return process.info().totalCpuDuration().orElse(Duration.ZERO).toNanos() / 1e3;
  }

  /// Waits, and sees that it lives.
  ///
  /// @throws IOException with the end of its log when it ended
  void awaitAlive(Duration time) throws IOException {
    try {
      if (process.waitFor(time.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IOException(
            "%s ended with %d:%n%s".formatted(name, process.exitValue(), lastLines()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while %s runs".formatted(name), e);
    }
  }

  /// Waits for its end.
  ///
  /// @return what it said, line by line
  List<String> join(Duration limit) throws IOException {
    try {
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS) || process.exitValue() != 0) {
        throw new IOException("%s did not end well:%n%s".formatted(name, lastLines()));
      }
      return Files.readAllLines(log);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while %s runs".formatted(name), e);
    }
  }

  String lastLines() throws IOException {
    var lines = Files.readAllLines(log);
    return String.join("\n", lines.subList(Math.max(0, lines.size() - TOLD_LINES), lines.size()));
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(STOP_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
