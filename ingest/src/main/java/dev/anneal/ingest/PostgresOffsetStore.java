package dev.anneal.ingest;

import dev.anneal.stage.FailPoint;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.kafka.connect.runtime.WorkerConfig;
import org.apache.kafka.connect.storage.OffsetBackingStore;
import org.apache.kafka.connect.util.Callback;
import org.jspecify.annotations.Nullable;

/// Debezium's place in a source's log, in `ingest.debezium_offset` of the app database. Public,
/// with a constructor without parameters and string properties only, because Debezium makes it by
/// class name.
public final class PostgresOffsetStore implements OffsetBackingStore {
  static final String URL = "offset.storage.postgres.url";
  static final String USER = "offset.storage.postgres.user";
  static final String PASSWORD = "offset.storage.postgres.password";
  static final String ENGINE = "offset.storage.postgres.engine";

  /// Begins the names of the driver's parameters.
  static final String DRIVER = "offset.storage.postgres.driver.";

  private static final String READ =
      "select value from ingest.debezium_offset where engine = ? and key = ?";
  private static final String WRITE =
      """
      insert into ingest.debezium_offset (engine, key, value) values (?, ?, ?)
      on conflict (engine, key) do update set value = excluded.value, changed_at = now()
      """;

  private String url = "";
  private String engine = "";
  private final Properties login = new Properties();
  private @Nullable Connection connection;

  @Override
  public void configure(WorkerConfig config) {
    Map<String, String> properties = config.originalsStrings();
    url = required(properties, URL);
    engine = required(properties, ENGINE);
    login.setProperty("user", required(properties, USER));
    login.setProperty("password", required(properties, PASSWORD));
    login.setProperty("connectTimeout", PostgresAddress.CONNECT_SECONDS);
    login.setProperty("socketTimeout", PostgresAddress.SOCKET_SECONDS);
    login.setProperty("ApplicationName", "anneal-ingest-offsets");
    properties.forEach(
        (name, value) -> {
          if (name.startsWith(DRIVER)) {
            login.setProperty(name.substring(DRIVER.length()), value);
          }
        });
  }

  private static String required(Map<String, String> properties, String name) {
    String value = properties.get(name);
    if (value == null) {
      throw new IllegalArgumentException("offset store: property %s is not set".formatted(name));
    }
    return value;
  }

  @Override
  public void start() {}

  @Override
  public synchronized void stop() {
    forget();
  }

  @Override
  public Future<Map<ByteBuffer, ByteBuffer>> get(Collection<ByteBuffer> keys) {
    return answer(
        () -> {
          var found = new HashMap<ByteBuffer, ByteBuffer>();
          try (var statement = connection().prepareStatement(READ)) {
            for (ByteBuffer key : keys) {
              statement.setString(1, engine);
              statement.setBytes(2, bytes(key));
              try (var row = statement.executeQuery()) {
                if (row.next() && row.getBytes(1) != null) {
                  found.put(key, ByteBuffer.wrap(row.getBytes(1)));
                }
              }
            }
          }
          return found;
        });
  }

  @Override
  @SuppressWarnings("NullAway") // Connect's callbacks get null for what there is not
  public Future<Void> set(Map<ByteBuffer, ByteBuffer> values, Callback<Void> callback) {
    CompletableFuture<Void> done =
        answer(
            () -> {
              FailPoint.INGEST_OFFSET_UNWRITTEN.hit();
              try (var statement = connection().prepareStatement(WRITE)) {
                for (var entry : values.entrySet()) {
                  statement.setString(1, engine);
                  statement.setBytes(2, bytes(entry.getKey()));
                  statement.setBytes(3, entry.getValue() == null ? null : bytes(entry.getValue()));
                  statement.addBatch();
                }
                statement.executeBatch();
              }
              FailPoint.INGEST_OFFSET_WRITTEN.hit();
              return null;
            });
    done.whenComplete((_, failure) -> callback.onCompletion(failure, null));
    return done;
  }

  @Override
  public Set<Map<String, Object>> connectorPartitions(String connectorName) {
    return Set.of(); // only Connect's own REST server asks
  }

  private interface Query<T> {
    T run() throws SQLException;
  }

  /// A broken connection is opened again at the next call.
  private synchronized <T> CompletableFuture<T> answer(Query<T> query) {
    try {
      return CompletableFuture.completedFuture(query.run());
    } catch (SQLException e) {
      forget();
      return CompletableFuture.failedFuture(e);
    }
  }

  private Connection connection() throws SQLException {
    if (connection == null) {
      connection = DriverManager.getConnection(url, login);
    }
    return connection;
  }

  private void forget() {
    try (var _ = connection) {
      connection = null;
    } catch (SQLException e) {
      connection = null; // it was broken already
    }
  }

  private static byte[] bytes(ByteBuffer buffer) {
    var bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }
}
