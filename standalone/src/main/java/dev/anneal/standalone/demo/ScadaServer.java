package dev.anneal.standalone.demo;

import dev.anneal.embedded.EmbeddedPostgres;
import dev.anneal.embedded.OwnerOnly;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/// The server that holds the plants' databases; in the demo, the embedded PostgreSQL.
///
/// @param port what definitions name
/// @param secrets ingest's secrets directory: definitions never hold the password itself
record ScadaServer(EmbeddedPostgres postgres, int port, Path secrets) {
  private static final String PASSWORD_FILE = "scada-password";

  /// Makes the organization's database where it does not exist, and the file that its definition
  /// names.
  String jdbcUrl(String organization) {
    postgres.createDatabase(organization);
    Path directory = secrets.resolve(organization);
    try {
      OwnerOnly.directory(directory);
      OwnerOnly.write(directory.resolve(PASSWORD_FILE), postgres.password());
    } catch (IOException e) {
      throw new UncheckedIOException("the password of %s".formatted(organization), e);
    }
    return postgres.jdbcUrl(organization);
  }
}
