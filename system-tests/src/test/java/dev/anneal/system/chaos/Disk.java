package dev.anneal.system.chaos;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// A small file system in memory, to be filled. Mounting needs root.
record Disk(Path directory) implements AutoCloseable {
  /// Anneal needs 250 MB to start, most of it for PostgreSQL.
  private static final String SIZE = "1200m";

  private static final int BLOCK = 1 << 20;

  static Disk mount(Path directory) throws IOException, InterruptedException {
    Files.createDirectories(directory);
    run("mount", "-t", "tmpfs", "-o", "size=" + SIZE, "anneal-chaos", directory.toString());
    return new Disk(directory);
  }

  void fill() throws IOException {
    byte[] block = new byte[BLOCK];
    try (OutputStream out =
        Files.newOutputStream(ballast(), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      while (true) {
        out.write(block);
      }
    } catch (IOException _) {
      // full
    }
  }

  void free() throws IOException {
    Files.deleteIfExists(ballast());
  }

  private Path ballast() {
    return directory.resolve("ballast");
  }

  /// Where it is not mounted: does nothing.
  @Override
  public void close() throws IOException {
    if (!Files.exists(directory) || isSameFileSystem()) {
      return;
    }
    try {
      run("umount", "-l", directory.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isSameFileSystem() throws IOException {
    return Files.getFileStore(directory).equals(Files.getFileStore(directory.resolveSibling("..")));
  }

  private static void run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes()).strip();
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", command) + ": " + output);
    }
  }
}
