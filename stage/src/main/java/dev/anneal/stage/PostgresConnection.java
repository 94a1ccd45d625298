package dev.anneal.stage;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A connection string of PostgreSQL's world for JDBC: JDBC's own, a libpq URI
/// (`postgresql://user:password@host:port/database?sslmode=require`, `postgres://…`) or libpq's
/// `host=… port=… dbname=…`. No message repeats a value: there is a password in it.
///
/// @param url for JDBC; without user and password, unless it was JDBC's own
record PostgresConnection(String url, @Nullable String user, @Nullable String password) {
  private static final Pattern URI =
      Pattern.compile(
          "postgres(?:ql)?://(?:(?<user>[^:@/?#]*)(?::(?<password>[^@/?#]*))?@)?"
              + "(?<hosts>[^@/?#]*)(?:/(?<database>[^/?#]*))?(?:\\?(?<parameters>[^#]*))?");
  private static final Pattern PAIR =
      Pattern.compile(
          "\\s*(?<name>\\w+)\\s*=\\s*(?:'(?<quoted>(?:[^'\\\\]|\\\\.)*)'|(?<plain>[^\\s']*))");

  /// libpq's name of a parameter → the driver's.
  private static final Map<String, String> PARAMETERS =
      Map.of(
          "sslmode", "sslmode",
          "sslrootcert", "sslrootcert",
          "sslcert", "sslcert",
          "sslkey", "sslkey",
          "sslpassword", "sslpassword",
          "channel_binding", "channelBinding",
          "connect_timeout", "connectTimeout",
          "application_name", "ApplicationName",
          "options", "options");

  /// @throws IllegalArgumentException saying what is wrong
  static PostgresConnection parse(String text) {
    if (text.startsWith("jdbc:postgresql:")) {
      return new PostgresConnection(text, null, null);
    }
    if (text.startsWith("postgresql://") || text.startsWith("postgres://")) {
      return of(uri(text));
    }
    return of(pairs(text));
  }

  private static Map<String, String> uri(String text) {
    var uri = URI.matcher(text);
    if (!uri.matches()) {
      throw malformed(
          "this URI is malformed; : / ? # @ in user or password are written %3A and so on");
    }
    var parameters = new LinkedHashMap<String, String>();
    put(parameters, "user", uri.group("user"));
    put(parameters, "password", uri.group("password"));
    put(parameters, "dbname", uri.group("database"));
    String more = uri.group("parameters");
    for (String pair : more == null || more.isEmpty() ? new String[0] : more.split("&", -1)) {
      int equals = pair.indexOf('=');
      if (equals < 1) {
        throw malformed("its parameters must be name=value");
      }
      put(parameters, pair.substring(0, equals), pair.substring(equals + 1));
    }
    if (!uri.group("hosts").isEmpty()) {
      parameters.put("hosts", decode(uri.group("hosts")));
    }
    return parameters;
  }

  private static void put(Map<String, String> parameters, String name, @Nullable String encoded) {
    if (encoded != null && !encoded.isEmpty()) {
      parameters.put(name, decode(encoded));
    }
  }

  private static String decode(String text) {
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException _) {
      throw malformed("a % in it is not followed by two hexadecimal digits");
    }
  }

  private static Map<String, String> pairs(String text) {
    var parameters = new LinkedHashMap<String, String>();
    var pair = PAIR.matcher(text);
    int end = 0;
    while (end < text.length() && pair.find(end) && pair.start() == end) {
      String quoted = pair.group("quoted");
      String value = quoted == null ? pair.group("plain") : quoted;
      parameters.put(pair.group("name"), value.replaceAll("\\\\(.)", "$1"));
      end = pair.end();
    }
    if (!text.substring(end).isBlank()) {
      throw malformed("it is none of these");
    }
    return parameters;
  }

  private static PostgresConnection of(Map<String, String> given) {
    var rest = new TreeMap<>(given);
    String user = rest.remove("user");
    String password = rest.remove("password");
    String port = rest.remove("port");
    String host = rest.remove("host");
    String hosts = rest.remove("hosts");
    if (hosts == null) {
      hosts = hosts(host == null ? "localhost" : host, port == null ? "5432" : port);
    }
    String database = rest.remove("dbname");
    if (database == null) {
      throw malformed("it names no database");
    }
    if (hosts.startsWith("/")) {
      throw malformed("a socket in a directory cannot be reached from Java, a host can");
    }
    rest.keySet().stream()
        .filter(name -> !PARAMETERS.containsKey(name))
        .findFirst()
        .ifPresent(
            name -> {
              throw malformed(
                  "parameter %s is not known, %s are"
                      .formatted(name, String.join(", ", new TreeMap<>(PARAMETERS).keySet())));
            });
    String parameters =
        rest.entrySet().stream()
            .map(e -> PARAMETERS.get(e.getKey()) + "=" + encode(e.getValue()))
            .collect(Collectors.joining("&"));
    String url = "jdbc:postgresql://%s/%s".formatted(hosts, encode(database));
    return new PostgresConnection(
        parameters.isEmpty() ? url : url + "?" + parameters, user, password);
  }

  /// libpq writes the hosts and their ports as two lists.
  private static String hosts(String hosts, String ports) {
    String[] host = hosts.split(",", -1);
    String[] port = ports.split(",", -1);
    if (port.length != 1 && port.length != host.length) {
      throw malformed("it has %d hosts and %d ports".formatted(host.length, port.length));
    }
    var pairs = new StringBuilder();
    for (int i = 0; i < host.length; i++) {
      pairs.append(i == 0 ? "" : ",").append(host[i].contains(":") ? "[" + host[i] + "]" : host[i]);
      pairs.append(':').append(port[port.length == 1 ? 0 : i]);
    }
    return pairs.toString();
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static IllegalArgumentException malformed(String reason) {
    return new IllegalArgumentException(
        PostgresVariable.NAME
            + " must be postgresql://user:password@host:port/database?sslmode=require,"
            + " jdbc:postgresql://host:port/database or host=… port=… dbname=… user=… password=…: "
            + reason);
  }
}
