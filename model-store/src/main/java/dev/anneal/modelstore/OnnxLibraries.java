package dev.anneal.modelstore;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The native libraries that ONNX Runtime writes to a directory of their own under `java.io.tmpdir`
/// at each start, 28 MB. It deletes them when the process ends, but not the directory, and nothing
/// when the process is killed. So they are deleted once they are loaded: Linux keeps what is
/// mapped.
final class OnnxLibraries {
  private static final Logger LOG = LoggerFactory.getLogger(OnnxLibraries.class);
  private static final Path MAPPED = Path.of("/proc/self/maps");
  private static final String DIRECTORY = "onnxruntime-java";

  private OnnxLibraries() {}

  /// Where there is no list of what is mapped, on other systems, they stay until the process ends.
  static void deleteLoaded() {
    try {
      if (Files.exists(MAPPED)) {
        for (Path directory : directories()) {
          delete(directory);
        }
      }
    } catch (IOException e) {
      LOG.warn(
          "the files of ONNX Runtime's libraries stay until the process ends: {}", e.toString());
    }
  }

  /// A line is `address permissions offset device inode path`.
  private static Set<Path> directories() throws IOException {
    try (var lines = Files.lines(MAPPED)) {
      return lines
          .filter(line -> line.contains("/" + DIRECTORY))
          .map(line -> Path.of(line.substring(line.indexOf('/'))).getParent())
          .filter(directory -> directory.getFileName().toString().startsWith(DIRECTORY))
          .filter(Files::isDirectory)
          .collect(Collectors.toSet());
    }
  }

  private static void delete(Path directory) throws IOException {
    try (var files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
  }
}
