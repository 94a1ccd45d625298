package dev.anneal.trainer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Where attempts keep their datasets and temporary files: a directory each, and beside it
/// `<name>.lock`, which the trainer holds for as long as the attempt runs. So a directory whose
/// lock nobody holds was left by a trainer that was killed, and is deleted; trainers of one machine
/// may share the whole.
final class WorkDirectory {
  private static final Logger LOG = LoggerFactory.getLogger(WorkDirectory.class);
  private static final String LOCK = ".lock";

  private final Path root;

  // a process must not even open the file of a lock that it holds: closing it releases the lock
  private final Set<String> held = ConcurrentHashMap.newKeySet();

  WorkDirectory(Path root) {
    this.root = root;
  }

  /// An attempt's directory, deleted with all it holds when it is closed.
  final class Attempt implements AutoCloseable {
    private final String name;
    private final FileChannel lock;

    private Attempt(String name, FileChannel lock) {
      this.name = name;
      this.lock = lock;
    }

    Path directory() {
      return root.resolve(name);
    }

    @Override
    public void close() throws IOException {
      try (lock) {
        delete(name);
      } finally {
        held.remove(name);
      }
    }
  }

  /// @throws IOException when the directory cannot be made
  Attempt open(String runId, int attempt) throws IOException {
    String name = runId + "-" + attempt;
    Files.createDirectories(root);
    held.add(name);
    var lock = lock(name);
    if (lock == null) {
      held.remove(name);
      throw new IOException("another trainer runs in " + root.resolve(name));
    }
    Files.createDirectories(root.resolve(name));
    return new Attempt(name, lock);
  }

  /// Deletes what killed trainers left; what cannot be deleted now is with the next call.
  void deleteAbandoned() {
    try {
      for (String name : names()) {
        if (!held.contains(name)) {
          deleteIfAbandoned(name);
        }
      }
    } catch (IOException | UncheckedIOException e) {
      LOG.warn("what killed trainers left in {} is deleted later: {}", root, e.toString());
    }
  }

  private List<String> names() throws IOException {
    if (!Files.isDirectory(root)) {
      return List.of();
    }
    try (var files = Files.list(root)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(file -> file.endsWith(LOCK))
          .map(file -> file.substring(0, file.length() - LOCK.length()))
          .toList();
    }
  }

  private void deleteIfAbandoned(String name) throws IOException {
    try (var lock = lock(name)) {
      if (lock != null) {
        delete(name);
      }
    }
  }

  /// @return null: another process holds it
  private @Nullable FileChannel lock(String name) throws IOException {
    var file =
        FileChannel.open(
            root.resolve(name + LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (file.tryLock() != null) {
      return file;
    }
    file.close();
    return null;
  }

  /// The lock last: what is left of a directory is found by it.
  private void delete(String name) throws IOException {
    Path directory = root.resolve(name);
    if (Files.exists(directory)) {
      try (var paths = Files.walk(directory)) {
        for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(path);
        }
      }
    }
    Files.deleteIfExists(root.resolve(name + LOCK));
  }
}
