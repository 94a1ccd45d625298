package dev.anneal.system.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/// Where the Anneal on a data directory answers.
///
/// @param password of PostgreSQL's superuser
record Addresses(
    String bootstrapServers,
    String registry,
    String control,
    String deployer,
    int postgresPort,
    String password) {
  static Addresses of(Path dataDirectory) throws IOException {
    var properties = new Properties();
    try (var in = Files.newInputStream(dataDirectory.resolve("endpoints.properties"))) {
      properties.load(in);
    }
    return new Addresses(
        properties.getProperty("bootstrap.servers"),
        properties.getProperty("registry"),
        properties.getProperty("control"),
        properties.getProperty("deployer"),
        Integer.parseInt(properties.getProperty("postgres.port")),
        Files.readString(dataDirectory.resolve("postgres/password")).strip());
  }

  /// @param database of the embedded PostgreSQL; its superuser is used
  String jdbcUrl(String database) {
    return "jdbc:postgresql://127.0.0.1:%d/%s?user=postgres&password=%s&connectTimeout=10&socketTimeout=30"
        .formatted(postgresPort, database, password);
  }
}
