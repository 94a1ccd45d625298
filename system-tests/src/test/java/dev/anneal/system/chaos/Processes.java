package dev.anneal.system.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/// The processes that work on a data directory, whoever their parent is: those with the directory
/// in their command line, and those that work in it. Read from `/proc`.
record Processes(Path directory) {
  private static final Path PROC = Path.of("/proc");

  /// @param command line, arguments separated by blanks
  record Found(long pid, String command) {
    boolean isTraining() {
      return command.contains("TrainingProcess");
    }

    boolean isRegistry() {
      return command.contains("quarkus-run.jar");
    }

    boolean isPostgres() {
      return command.startsWith("postgres:") || command.contains("/bin/postgres");
    }

    boolean isAnneal() {
      return command.contains("dev.anneal.standalone.Anneal");
    }
  }

  static boolean areVisible() {
    return Files.isReadable(PROC.resolve("self/cmdline"));
  }

  List<Found> all() {
    var found = new ArrayList<Found>();
    try (var entries = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path entry : entries) {
        String command = command(entry);
        if (!command.isEmpty() && (isNamed(command) || worksHere(entry))) {
          found.add(new Found(Long.parseLong(entry.getFileName().toString()), command));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return found;
  }

  List<Found> matching(Predicate<Found> which) {
    return all().stream().filter(which).toList();
  }

  /// Kills again until none is left: a process may have started another one meanwhile.
  void kill(Predicate<Found> which) {
    for (var left = matching(which); !left.isEmpty(); left = matching(which)) {
      signal("KILL", left);
    }
  }

  /// Stops them for that long, then lets them go on.
  void stopFor(long millis, Predicate<Found> which) throws InterruptedException {
    var stopped = matching(which);
    signal("STOP", stopped);
    try {
      Thread.sleep(millis);
    } finally {
      signal("CONT", stopped);
    }
  }

  /// Each JVM among them writes what its threads do where it writes its output.
  void printThreads(Predicate<Found> which) {
    signal("QUIT", matching(which));
  }

  private static void signal(String name, List<Found> processes) {
    if (processes.isEmpty()) {
      return;
    }
    var command = new ArrayList<>(List.of("kill", "-" + name));
    processes.forEach(p -> command.add(Long.toString(p.pid())));
    try {
      // some may have ended meanwhile: the exit code counts for nothing
      new ProcessBuilder(command)
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isNamed(String command) {
    return command.contains(directory + "/") || (command + " ").contains(directory + " ");
  }

  private boolean worksHere(Path entry) {
    try {
      return Files.readSymbolicLink(entry.resolve("cwd")).startsWith(directory);
    } catch (IOException _) {
      return false; // it has ended
    }
  }

  private static String command(Path entry) {
    try {
      var bytes = Files.readAllBytes(entry.resolve("cmdline"));
      return new String(bytes, StandardCharsets.UTF_8).replace('\0', ' ').strip();
    } catch (IOException _) {
      return ""; // it has ended
    }
  }
}
