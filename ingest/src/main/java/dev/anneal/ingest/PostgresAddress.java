package dev.anneal.ingest;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/// A database and who reads it. The password stays out of [#toString].
///
/// @param parameters further ones of the driver, such as `sslmode`
record PostgresAddress(
    String host,
    int port,
    String database,
    String user,
    String password,
    Map<String, String> parameters) {
  private static final String JDBC = "jdbc:";
  private static final int DEFAULT_PORT = 5432;
  static final String CONNECT_SECONDS = "60";
  static final String SOCKET_SECONDS = "60";
  // the server lets go of a lease within 25 s when this machine vanishes
  private static final String KEEPALIVE =
      "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3";

  /// @param url `jdbc:postgresql://host:port/database`, which may hold user and password as
  ///     parameters
  /// @throws IllegalArgumentException when it is something else
  static PostgresAddress of(String url, @Nullable String user, @Nullable String password) {
    if (!url.startsWith(JDBC + "postgresql://")) {
      throw new IllegalArgumentException(
          "spring.datasource.url must start with jdbc:postgresql://");
    }
    URI uri;
    try {
      uri = new URI(url.substring(JDBC.length()));
    } catch (URISyntaxException e) {
      // its message repeats the address with the password
      throw new IllegalArgumentException(
          "spring.datasource.url is no address: %s at character %d"
              .formatted(e.getReason(), e.getIndex()));
    }
    if (uri.getHost() == null || uri.getPath() == null || uri.getPath().length() < 2) {
      throw new IllegalArgumentException("spring.datasource.url must name one host and a database");
    }
    Map<String, String> parameters = parameters(uri);
    String userOfUrl = parameters.remove("user");
    String passwordOfUrl = parameters.remove("password");
    return new PostgresAddress(
        uri.getHost(),
        uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort(),
        uri.getPath().substring(1),
        Objects.requireNonNullElse(userOfUrl, user == null ? "" : user),
        Objects.requireNonNullElse(passwordOfUrl, password == null ? "" : password),
        Map.copyOf(parameters));
  }

  private static Map<String, String> parameters(URI uri) {
    var parameters = new HashMap<String, String>();
    if (uri.getRawQuery() != null) {
      for (String pair : uri.getRawQuery().split("&", -1)) {
        String[] sides = pair.split("=", 2);
        parameters.put(
            sides[0], sides.length < 2 ? "" : URLDecoder.decode(sides[1], StandardCharsets.UTF_8));
      }
    }
    return parameters;
  }

  String jdbcUrl() {
    return "jdbc:postgresql://%s:%d/%s".formatted(host, port, database);
  }

  String sslMode() {
    return parameters.getOrDefault("sslmode", "prefer"); // pgjdbc's default
  }

  Connection connect() throws SQLException {
    var properties = new Properties();
    properties.setProperty("user", user);
    properties.setProperty("password", password);
    properties.setProperty("connectTimeout", CONNECT_SECONDS);
    properties.setProperty("socketTimeout", SOCKET_SECONDS);
    properties.setProperty("ApplicationName", "anneal-ingest");
    properties.setProperty("options", KEEPALIVE);
    parameters.forEach(properties::setProperty);
    return DriverManager.getConnection(jdbcUrl(), properties);
  }

  @Override
  public String toString() {
    return "%s@%s:%d/%s".formatted(user, host, port, database);
  }
}
