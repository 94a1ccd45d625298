package dev.anneal.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anneal.embedded.EmbeddedPostgres;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.connect.runtime.standalone.StandaloneConfig;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

class PostgresOffsetStoreTest {
  @TempDir private static Path directory;
  private static EmbeddedPostgres postgres;
  private static String url;

  @BeforeAll
  static void start() throws Exception {
    postgres = EmbeddedPostgres.start(directory);
    url = postgres.jdbcUrl("postgres");
    Flyway.configure()
        .dataSource(url, "postgres", postgres.password())
        .locations("classpath:db/ingest")
        .schemas("ingest")
        .defaultSchema("ingest")
        .load()
        .migrate();
  }

  @AfterAll
  static void stop() throws Exception {
    postgres.close();
  }

  private static PostgresOffsetStore store(String engine) {
    var store = new PostgresOffsetStore();
    var properties =
        Map.of(
            PostgresOffsetStore.URL,
            url,
            PostgresOffsetStore.USER,
            "postgres",
            PostgresOffsetStore.PASSWORD,
            postgres.password(),
            PostgresOffsetStore.ENGINE,
            engine);
    store.configure(new StandaloneConfig(worker(properties)));
    store.start();
    return store;
  }

  private static Map<String, String> worker(Map<String, String> properties) {
    var all = new java.util.HashMap<>(properties);
    all.put("bootstrap.servers", "127.0.0.1:1");
    all.put("offset.storage.file.filename", "unused");
    all.put("key.converter", "org.apache.kafka.connect.json.JsonConverter");
    all.put("value.converter", "org.apache.kafka.connect.json.JsonConverter");
    return all;
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void keepsEachEnginesOffsetsApartAndForTheNextStart() throws Exception {
    // Given
    var acme = store("acme");
    acme.set(Map.of(bytes("k"), bytes("{\"lsn\":7}")), (_, _) -> {}).get();
    acme.set(Map.of(bytes("k"), bytes("{\"lsn\":8,\"lsn_commit\":9}")), (_, _) -> {}).get();
    acme.stop();

    // When
    var again = store("acme");

    // Then
    assertThat(again.get(List.of(bytes("k"), bytes("other"))).get())
        .containsExactly(Map.entry(bytes("k"), bytes("{\"lsn\":8,\"lsn_commit\":9}")));
    assertThat(store("globex").get(List.of(bytes("k"))).get()).isEmpty();
    var ledger = new CaptureLedger(JdbcClient.create(new DriverManagerDataSource(url)));
    assertThat(ledger.deliveredUpTo("acme")).isEqualTo(OptionalLong.of(9));
    ledger.forgetProgress("acme");
    assertThat(ledger.deliveredUpTo("acme")).isEmpty();
  }

  @Test
  void opensABrokenConnectionAgain() throws Exception {
    // Given
    var store = store("broken");
    store.set(Map.of(bytes("k"), bytes("1")), (_, _) -> {}).get();

    // When
    try (var connection = DriverManager.getConnection(url);
        var statement = connection.createStatement()) {
      statement.execute(
          "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'anneal-ingest-offsets'");
    }

    // Then one call fails, told to Debezium, and the next one works
    assertThatThrownBy(() -> store.set(Map.of(bytes("k"), bytes("2")), (_, _) -> {}).get())
        .isInstanceOf(ExecutionException.class);
    store.set(Map.of(bytes("k"), bytes("3")), (_, _) -> {}).get();
    assertThat(store.get(List.of(bytes("k"))).get()).containsValue(bytes("3"));
  }
}
