package dev.anneal.standalone;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/// Where an Anneal answers, or answered last. Stands in `endpoints.properties` of its data
/// directory, so that the other commands find it; the ports stay the same over restarts where they
/// are free.
///
/// @param bootstrapServers of Kafka
/// @param registry base of the Confluent-compatible API
/// @param control base of the control API
/// @param deployer base of the prediction API
/// @param postgresPort of the embedded PostgreSQL
public record Endpoints(
    String bootstrapServers, String registry, String control, String deployer, int postgresPort) {
  private static final String FILE = "endpoints.properties";

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
