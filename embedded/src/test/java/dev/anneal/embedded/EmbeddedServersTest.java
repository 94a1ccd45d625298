package dev.anneal.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedServersTest {
  @TempDir private Path directory;

  @Test
  void kafkaKeepsItsRecordsOverARestart() throws Exception {
    // Given a record in a topic
    try (var kafka = EmbeddedKafka.start(directory)) {
      Map<String, Object> settings = Map.of("bootstrap.servers", kafka.bootstrapServers());
      try (var admin = Admin.create(settings);
          var producer =
              new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
        admin.createTopics(List.of(new NewTopic("t", 1, (short) 1))).all().get();
        producer.send(new ProducerRecord<>("t", "key", "value")).get();
      }
    }

    // When it starts again, then the record is there
    try (var kafka = EmbeddedKafka.start(directory);
        var consumer =
            new KafkaConsumer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new StringDeserializer(),
                new StringDeserializer())) {
      var partition = new TopicPartition("t", 0);
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      await()
          .untilAsserted(
              () ->
                  assertThat(consumer.poll(Duration.ofMillis(200)))
                      .singleElement()
                      .satisfies(r -> assertThat(r.value()).isEqualTo("value")));
    }
  }

  @Test
  void postgresKeepsItsRowsOverAKill() throws Exception {
    // Given a row, and a postmaster that dies
    var first = EmbeddedPostgres.start(directory);
    first.createDatabase("plant");
    try (var connection = DriverManager.getConnection(first.jdbcUrl("plant"));
        var statement = connection.createStatement()) {
      statement.execute("create table t (x int)");
      statement.execute("insert into t values (42)");
    }
    var postmaster = ProcessHandle.of(first.postmasterPid()).orElseThrow();
    postmaster.destroyForcibly();
    await().until(() -> !postmaster.isAlive());
    first.close();

    // When it starts again
    try (var second = EmbeddedPostgres.start(directory);
        var connection = DriverManager.getConnection(second.jdbcUrl("plant"));
        var rows =
            connection
                .createStatement()
                .executeQuery("select x, current_setting('wal_level') from t")) {
      // Then the row is there, and logical replication is on
      assertThat(rows.next()).isTrue();
      assertThat(rows.getInt(1)).isEqualTo(42);
      assertThat(rows.getString(2)).isEqualTo("logical");
    }
  }

  @Test
  void aServerLeftBehindIsEnded() throws Exception {
    // Given a server whose owner will not stop it
    var left = EmbeddedPostgres.start(directory);
    var postmaster = ProcessHandle.of(left.postmasterPid()).orElseThrow();

    // When
    EmbeddedPostgres.endOrphan(directory);

    // Then
    assertThat(postmaster.isAlive()).isFalse();
    left.close();
  }

  @Test
  void aProcessThatGotTheIdLaterIsLeftAlone() throws Exception {
    // Given a file that names this very JVM
    var file = directory.resolve("data/postmaster.pid");
    java.nio.file.Files.createDirectories(file.getParent());
    java.nio.file.Files.writeString(file, Long.toString(ProcessHandle.current().pid()));

    // When
    EmbeddedPostgres.endOrphan(directory);

    // Then
    assertThat(ProcessHandle.current().isAlive()).isTrue();
  }
}
