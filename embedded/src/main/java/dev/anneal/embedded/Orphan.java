package dev.anneal.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// A child process of an earlier run whose parent was killed: it lives on with its ports and files.
/// Nothing is taken for one that is not surely the program on the directory: a process id may be
/// another process's by now, and a directory may be a copy of one that is in use.
///
/// @param pid as the child's file has it
/// @param directory as the child's file has it
/// @param started as the child's file has it
record Orphan(long pid, String directory, Instant started) {
  /// A server writes its file soon after its process started.
  private static final Duration START_TOLERANCE = Duration.ofSeconds(30);

  /// The process, where it runs the program in the directory.
  Optional<ProcessHandle> process(String program, Path workingDirectory) {
    return ProcessHandle.of(pid)
        .filter(Processes::isRunning)
        .filter(p -> runs(p, program))
        .filter(p -> worksIn(p, workingDirectory));
  }

  private static boolean runs(ProcessHandle process, String program) {
    return process
        .info()
        .command()
        .map(c -> Path.of(c).getFileName().toString())
        .filter(name -> name.equals(program) || name.equals(program + ".exe"))
        .isPresent();
  }

  /// Linux shows where a process works, which holds whatever was copied, moved or done to the
  /// clock. Elsewhere what the file recorded must agree with the process.
  private boolean worksIn(ProcessHandle process, Path workingDirectory) {
    Path shown = Path.of("/proc", Long.toString(pid), "cwd");
    try {
      if (Files.isDirectory(Path.of("/proc/self"))) {
        return Files.isSameFile(shown, workingDirectory);
      }
      return Files.isSameFile(Path.of(directory), workingDirectory)
          && process.info().startInstant().filter(this::isStart).isPresent();
    } catch (IOException _) {
      return false; // another user's, or gone
    }
  }

  private boolean isStart(Instant instant) {
    return Duration.between(instant, started).abs().compareTo(START_TOLERANCE) < 0;
  }
}
