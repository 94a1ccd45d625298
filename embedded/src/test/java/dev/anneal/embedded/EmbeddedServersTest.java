package dev.anneal.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
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
          .atMost(Duration.ofMinutes(2))
          .untilAsserted(
              () ->
                  assertThat(consumer.poll(Duration.ofMillis(200)))
                      .singleElement()
                      .satisfies(r -> assertThat(r.value()).isEqualTo("value")));
    }
  }

  @Test
  void aFaultOfKafkasStartIsAnExceptionWithItsReason() throws Exception {
    // Given the log of another node
    Files.createDirectories(directory.resolve("log"));
    Files.writeString(
        directory.resolve("log/meta.properties"), "version=1\ncluster.id=other\nnode.id=2\n");

    // Then
    assertThatThrownBy(() -> EmbeddedKafka.start(directory))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("Kafka does not start: ")
        .hasMessageContaining("node id 2");
  }

  @Test
  void aPortThatIsInUseIsNamedAndThePreferredOneIsLeftForAnother() throws Exception {
    try (var held = Ports.preferably().take();
        var other = Ports.preferably(held.port()).take()) {
      assertThat(other.port()).isNotEqualTo(held.port());
      assertThatThrownBy(() -> Ports.exactly(held.port()).take())
          .hasMessage("port %d is in use", held.port());
    }
  }

  @Test
  void aReleasedPortIsFreeAtOnce() throws Exception {
    for (int i = 0; i < 100; i++) {
      var held = Ports.preferably().take().answerStarting();
      held.close();

      Ports.exactly(held.port()).take().close(); // else: the port is in use
    }
  }

  @Test
  void aPortThatWaitsForItsServerAnswersThatItStarts() throws Exception {
    try (var held = Ports.preferably().take().answerStarting();
        var client = HttpClient.newHttpClient()) {
      var request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/health".formatted(held.port())));

      var answer = client.send(request.build(), HttpResponse.BodyHandlers.ofString());

      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.headers().firstValue("Retry-After")).isPresent();
      assertThat(answer.body()).contains("\"code\":\"starting\"").endsWith("}");
    }
  }
}
