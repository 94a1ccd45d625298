package dev.anneal.standalone.demo;

import dev.anneal.embedded.EmbeddedPostgres;
import java.nio.file.Path;

/// The server that holds the plants' databases; in the demo, the embedded PostgreSQL.
///
/// @param port what definitions name
/// @param passwordFile definitions name it; they never hold the password itself
record ScadaServer(EmbeddedPostgres postgres, int port, Path passwordFile) {
  /// Makes the organization's database where it does not exist.
  String jdbcUrl(String organization) {
    postgres.createDatabase(organization);
    return postgres.jdbcUrl(organization);
  }
}
