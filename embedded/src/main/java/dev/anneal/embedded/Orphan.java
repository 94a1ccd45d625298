package dev.anneal.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A child process of an earlier run whose parent was killed: it lives on with its ports and files.
final class Orphan {
  private static final int GENTLE_SECONDS = 10;

  private Orphan() {}

  /// Ends the process that the file names, if it still is the program we started.
  ///
  /// @param pidFile its first line is a process id; no file: nothing to do
  /// @param program part of the command line, so that a process that got the same id later is left
  ///     alone
  static void end(Path pidFile, String program) throws IOException {
    if (!Files.exists(pidFile)) {
      return;
    }
    var pid =
        Files.readAllLines(pidFile).stream()
            .findFirst()
            .map(String::trim)
            .filter(line -> line.matches("\\d+"));
    var process =
        pid.flatMap(id -> ProcessHandle.of(Long.parseLong(id)))
            .filter(p -> p.info().commandLine().orElse("").contains(program));
    if (process.isPresent()) {
      end(process.get());
    }
  }

  private static void end(ProcessHandle process) throws IOException {
    process.destroy();
    try {
      process.onExit().get(GENTLE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      process.destroyForcibly();
    } catch (ExecutionException e) {
      throw new IOException("cannot end process " + process.pid(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while ending process " + process.pid(), e);
    }
  }
}
