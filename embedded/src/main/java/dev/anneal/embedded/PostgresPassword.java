package dev.anneal.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/// The superuser's, generated once, in a file that only its owner can read.
record PostgresPassword(Path file, String text) {
  private static final int BYTES = 24;
  private static final Pattern TRUST = Pattern.compile("(?m)^(?:local|host)\\b.*\\btrust\\s*$");
  private static final String ACCESS =
      """
      # who may connect: everybody who knows the password
      local all         all              scram-sha-256
      host  all         all 127.0.0.1/32 scram-sha-256
      local replication all              scram-sha-256
      host  replication all 127.0.0.1/32 scram-sha-256
      """;

  /// @param directory has the file, or gets it
  static PostgresPassword of(Path directory) throws IOException {
    Path file = directory.resolve("password");
    if (!Files.exists(file)) {
      var bytes = new byte[BYTES];
      new SecureRandom().nextBytes(bytes);
      OwnerOnly.write(file, HexFormat.of().formatHex(bytes));
    }
    return new PostgresPassword(file, Files.readString(file).strip());
  }

  /// Data directories of the first release trusted everybody on this machine. Cut short anywhere,
  /// it is done again at the next start.
  void require(Path data, EmbeddedPostgres server) throws IOException {
    Path access = data.resolve("pg_hba.conf");
    if (!TRUST.matcher(Files.readString(access)).find()) {
      return;
    }
    try (Connection connection = DriverManager.getConnection(server.jdbcUrl("postgres"));
        var statement = connection.createStatement()) {
      statement.execute("alter role postgres password '%s'".formatted(text));
      OwnerOnly.write(access, ACCESS);
      statement.execute("select pg_reload_conf()");
    } catch (SQLException e) {
      throw new IOException("PostgreSQL's password cannot be set: " + e.getMessage(), e);
    }
  }

  /// Without the text.
  @Override
  public String toString() {
    return "password in " + file;
  }
}
