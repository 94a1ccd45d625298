package dev.anneal.standalone;

import dev.anneal.embedded.OwnerOnly;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.slf4j.bridge.SLF4JBridgeHandler;
import picocli.CommandLine.Option;

/// Where the data is, and what the launcher says of where the build is.
final class Place {
  static final String LOCK = "lock";

  /// An operator may put the files there before the first start.
  static final String SECRETS = "secrets";

  private static final String LOG = "anneal.log";

  /// What operating systems put into an empty directory.
  private static final Set<String> NO_OBSTACLES = Set.of(SECRETS, ".DS_Store", "lost+found");

  @Option(
      names = "--data-dir",
      description = "Where topics, tables, models are kept (default: .anneal).",
      defaultValue = ".anneal")
  private Path dataDirectory = Path.of(".anneal");

  Path dataDirectory() {
    return dataDirectory.toAbsolutePath().normalize();
  }

  /// @throws IOException when nothing can be kept there
  static void make(Path directory) throws IOException {
    if (Files.exists(directory) && !Files.isDirectory(directory)) {
      throw new IOException("the data directory %s is a file".formatted(directory));
    }
    if (Files.isDirectory(directory) && !isOurs(directory)) {
      throw new IOException(
          "%s has other files than Anneal's: a data directory is new, empty or one of an earlier run"
              .formatted(directory));
    }
    try {
      OwnerOnly.directory(directory);
    } catch (IOException e) {
      throw new IOException("cannot make the data directory %s: %s".formatted(directory, e), e);
    }
    if (!Files.isWritable(directory)) {
      throw new IOException("cannot write to the data directory " + directory);
    }
  }

  /// What a run makes first; the directory becomes its owner's alone.
  private static boolean isOurs(Path directory) throws IOException {
    if (Files.exists(directory.resolve(LOCK)) || Files.exists(directory.resolve(LOG))) {
      return true;
    }
    try (var files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).allMatch(NO_OBSTACLES::contains);
    }
  }

  /// Sends what servers and stages log to a file of the directory. Before the first logger is made.
  static void logInto(Path directory) throws IOException {
    make(directory);
    System.setProperty("anneal.log", directory.resolve(LOG).toString());
    System.setProperty("logback.configurationFile", "logback-up.xml");
    SLF4JBridgeHandler.removeHandlersForRootLogger(); // Tomcat logs by java.util.logging
    SLF4JBridgeHandler.install();
    // else each stage's context would set logging up anew
    System.setProperty("org.springframework.boot.logging.LoggingSystem", "none");
  }

  /// The schema registry's distribution, unpacked by the build beside the library this class is in.
  static Path registryHome() throws IOException {
    String named = System.getProperty("anneal.registry.home");
    if (named != null) {
      return Path.of(named);
    }
    // standalone/target/lib/standalone.jar, or standalone/target/classes when an IDE runs it
    URI code =
        URI.create(Place.class.getProtectionDomain().getCodeSource().getLocation().toString());
    Path home =
        Path.of(code)
            .resolve(code.getPath().endsWith(".jar") ? "../../registry" : "../registry")
            .normalize();
    if (!Files.isDirectory(home)) {
      throw new IOException("no schema registry at %s: build with ./mvnw package".formatted(home));
    }
    return home;
  }
}
