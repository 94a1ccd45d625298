package dev.anneal.standalone.demo;

import dev.anneal.embedded.EmbeddedPostgres;
import dev.anneal.embedded.OwnerOnly;
import java.io.IOException;
import java.nio.file.Path;

/// The server that holds the plants' databases; in the demo, the embedded PostgreSQL.
///
/// @param port what definitions name
/// @param passwordFile definitions name it; they never hold the password itself
record ScadaServer(EmbeddedPostgres postgres, int port, Path passwordFile) {
  static ScadaServer of(EmbeddedPostgres postgres, int port, Path directory) throws IOException {
    Path file = directory.resolve("scada-password").toAbsolutePath();
    OwnerOnly.write(file, postgres.password());
    return new ScadaServer(postgres, port, file);
  }

  /// Makes the organization's database where it does not exist.
  String jdbcUrl(String organization) {
    postgres.createDatabase(organization);
    return postgres.jdbcUrl(organization);
  }
}
