package dev.anneal.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// `./anneal up` in a process of its own.
record Up(Process process, Path log) {
  static Up start(Path directory, Path log, String... arguments) throws IOException {
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Danneal.registry.home=" + System.getProperty("anneal.registry.home"),
                "dev.anneal.standalone.Anneal",
                "up",
                "--data-dir",
                directory.toString()));
    command.addAll(List.of(arguments));
    var up = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    up.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    return new Up(up.start(), log);
  }

  String printed() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// @throws AssertionError when it ended before
  boolean isStarted() {
    if (!process.isAlive()) {
      throw new AssertionError(printed());
    }
    return printed().contains("Ctrl-C stops");
  }
}
