package dev.anneal.standalone;

import dev.anneal.embedded.Ports;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.function.Consumer;

/// Where an Anneal answers, or answered last. Stands in `endpoints.properties` of its data
/// directory, so that the other commands find it.
///
/// @param bootstrapServers of Kafka
/// @param registry base of the Confluent-compatible API
/// @param control base of the control API
/// @param deployer base of the prediction API
/// @param postgresPort of the embedded PostgreSQL
public record Endpoints(
    String bootstrapServers, String registry, String control, String deployer, int postgresPort) {
  private static final String FILE = "endpoints.properties";
  private static final Endpoints USUAL =
      onPorts(9092, 8081, 8080, 8082, 5442); // 5432 may be a PostgreSQL of the machine's own

  private static Endpoints onPorts(
      int kafka, int registry, int control, int deployer, int postgres) {
    return new Endpoints(
        "127.0.0.1:" + kafka,
        "http://127.0.0.1:%d/apis/ccompat/v7".formatted(registry),
        "http://127.0.0.1:" + control,
        "http://127.0.0.1:" + deployer,
        postgres);
  }

  /// The usual ports where they are free, else those of the last run, so that clients find it
  /// again, else any.
  ///
  /// @param progress told of each port that is not the usual one
  static Endpoints choose(Path directory, Consumer<String> progress) {
    Endpoints last;
    try {
      last = load(directory);
    } catch (IOException _) {
      last = USUAL;
    }
    return onPorts(
        port("Kafka", USUAL.kafkaPort(), last.kafkaPort(), progress),
        port("the schema registry", port(USUAL.registry()), port(last.registry()), progress),
        port("control", port(USUAL.control()), port(last.control()), progress),
        port("the prediction API", port(USUAL.deployer()), port(last.deployer()), progress),
        port("PostgreSQL", USUAL.postgresPort(), last.postgresPort(), progress));
  }

  private static int port(String server, int usual, int last, Consumer<String> progress) {
    if (Ports.isFree(usual)) {
      return usual;
    }
    int port = Ports.isFree(last) ? last : Ports.free();
    progress.accept("port %d is in use, %s is on %d".formatted(usual, server, port));
    return port;
  }

  static int port(String address) {
    return URI.create(address).getPort();
  }

  int kafkaPort() {
    return port("kafka://" + bootstrapServers);
  }

  void save(Path directory) throws IOException {
    var properties = new Properties();
    properties.setProperty("bootstrap.servers", bootstrapServers);
    properties.setProperty("registry", registry);
    properties.setProperty("control", control);
    properties.setProperty("deployer", deployer);
    properties.setProperty("postgres.port", Integer.toString(postgresPort));
    try (var out = Files.newOutputStream(directory.resolve(FILE))) {
      properties.store(out, "where this Anneal answers");
    }
  }

  /// @throws IOException when no Anneal has run on the directory
  static Endpoints load(Path directory) throws IOException {
    Path file = directory.resolve(FILE);
    if (!Files.exists(file)) {
      throw new IOException(
          "no Anneal runs on %s: start one with ./anneal up".formatted(directory));
    }
    var properties = new Properties();
    try (var in = Files.newInputStream(file)) {
      properties.load(in);
    }
    return new Endpoints(
        properties.getProperty("bootstrap.servers"),
        properties.getProperty("registry"),
        properties.getProperty("control"),
        properties.getProperty("deployer"),
        Integer.parseInt(properties.getProperty("postgres.port")));
  }
}
