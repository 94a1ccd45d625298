package dev.anneal.standalone.demo;

import dev.anneal.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The server that holds the plants' databases; in the demo, the embedded PostgreSQL.
///
/// @param passwordFile definitions name it; they never hold the password itself
record ScadaServer(EmbeddedPostgres postgres, Path passwordFile) {
  static ScadaServer of(EmbeddedPostgres postgres, Path directory) throws IOException {
    Path file = directory.resolve("scada-password").toAbsolutePath();
    Files.writeString(file, "postgres");
    return new ScadaServer(postgres, file);
  }

  int port() {
    return postgres.port();
  }

  /// Makes the organization's database where it does not exist.
  String jdbcUrl(String organization) {
    postgres.createDatabase(organization);
    return postgres.jdbcUrl(organization);
  }
}
