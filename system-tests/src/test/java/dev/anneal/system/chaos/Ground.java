package dev.anneal.system.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What faults need of the machine. What it cannot give is left out, and said.
///
/// @param possible the faults that can be made here
/// @param disk where one of them fills it
/// @param clock where one of them moves it
record Ground(List<Fault> possible, @Nullable Disk disk, @Nullable FakeClock clock)
    implements AutoCloseable {
  private static final String DISK = "disk";

  static Ground prepare(Path directory, List<Fault> faults)
      throws IOException, InterruptedException {
    Files.createDirectories(directory);
    var possible = new ArrayList<>(faults);
    return new Ground(possible, disk(directory, possible), clock(directory, possible));
  }

  private static @Nullable Disk disk(Path directory, List<Fault> faults)
      throws InterruptedException {
    if (faults.stream().noneMatch(f -> f.kind() == FaultKind.FILL_DISK)) {
      return null;
    }
    try {
      return Disk.mount(directory.resolve(DISK));
    } catch (IOException e) {
      skip(faults, FaultKind.FILL_DISK, String.valueOf(e.getMessage()));
      return null;
    }
  }

  private static @Nullable FakeClock clock(Path directory, List<Fault> faults) throws IOException {
    if (faults.stream().noneMatch(f -> f.kind() == FaultKind.MOVE_CLOCK)) {
      return null;
    }
    var library = FakeClock.findLibrary();
    if (library.isEmpty()) {
      skip(faults, FaultKind.MOVE_CLOCK, "faketime is not installed");
      return null;
    }
    var clock = new FakeClock(library.get(), directory.resolve("clock"));
    clock.moveTo(FakeClock.TRUE_TIME);
    return clock;
  }

  private static void skip(List<Fault> faults, FaultKind kind, String reason) {
    faults.removeIf(f -> f.kind() == kind);
    System.out.printf("skipped: %s: %s%n", kind, reason);
  }

  /// What a run that was cut short left, its mount too.
  static void clear(Path directory) throws IOException {
    if (Files.exists(directory)) {
      new Disk(directory.resolve(DISK)).close();
      try (var files = Files.walk(directory)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  @Override
  public void close() throws IOException {
    if (disk != null) {
      disk.close();
    }
  }
}
