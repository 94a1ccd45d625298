package dev.anneal.standalone.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.stream.Stream;

/// Memory of this process and all its children, on Linux: proportional set size, so that what
/// PostgreSQL's processes share counts once.
final class Memory {
  private Memory() {}

  /// Bytes in use now; empty where the system does not say.
  static OptionalLong bytes() {
    var self = ProcessHandle.current();
    long kilobytes =
        Stream.concat(Stream.of(self), self.descendants())
            .mapToLong(p -> proportionalKilobytes(p.pid()))
            .sum();
    return kilobytes == 0 ? OptionalLong.empty() : OptionalLong.of(kilobytes * 1024);
  }

  private static long proportionalKilobytes(long pid) {
    try (var lines = Files.lines(Path.of("/proc/%d/smaps_rollup".formatted(pid)))) {
      return lines
          .filter(l -> l.startsWith("Pss:"))
          .mapToLong(l -> Long.parseLong(l.replaceAll("\\D+", "")))
          .findFirst()
          .orElse(0);
    } catch (IOException | java.io.UncheckedIOException _) {
      return 0; // it has ended, or this is not Linux
    }
  }
}
