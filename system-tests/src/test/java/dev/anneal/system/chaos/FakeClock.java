package dev.anneal.system.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;

/// The clock of the processes that are started with [#environment], moved while they run: Debian's
/// `faketime`. Monotonic time is left alone.
record FakeClock(Path library, Path file) {
  static final String TRUE_TIME = "+0";

  /// Empty where faketime is not installed.
  static Optional<Path> findLibrary() throws IOException {
    if (!Files.isDirectory(Path.of("/usr/lib"))) {
      return Optional.empty();
    }
    try (var found =
        Files.find(
            Path.of("/usr/lib"), 3, (path, _) -> path.endsWith("faketime/libfaketimeMT.so.1"))) {
      return found.findFirst();
    }
  }

  Map<String, String> environment() {
    return Map.of(
        "LD_PRELOAD", library.toString(),
        "FAKETIME_TIMESTAMP_FILE", file.toString(),
        "FAKETIME_CACHE_DURATION", "1", // seconds; without a cache each call reads the file
        "FAKETIME_FORCE_MONOTONIC_FIX", "0", // its waits of monotonic time end at once
        "FAKETIME_DONT_FAKE_MONOTONIC", "1",
        "FAKETIME_DISABLE_SHM", "1");
  }

  /// @param offset as faketime writes it: `-1h`, `+8d`
  void moveTo(String offset) throws IOException {
    Path next = file.resolveSibling(file.getFileName() + ".next");
    Files.writeString(next, offset + "\n");
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
  }
}
