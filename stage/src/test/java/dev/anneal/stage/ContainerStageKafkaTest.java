package dev.anneal.stage;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.condition.EnabledIf;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.kafka.KafkaContainer;

/// On Kafka's own image, as docker-compose.yml runs it.
@EnabledIf(
    value = "dockerRuns",
    disabledReason =
        "no Docker engine; EmbeddedStageKafkaTest runs the same tests on the embedded broker")
class ContainerStageKafkaTest extends StageKafkaContract {
  private static @Nullable KafkaContainer broker;

  static boolean dockerRuns() {
    return DockerClientFactory.instance().isDockerAvailable();
  }

  @BeforeAll
  static void startBroker() {
    broker = new KafkaContainer("apache/kafka:4.3.1");
    broker.start();
    use(broker.getBootstrapServers());
  }

  @AfterAll
  static void stopBroker() {
    if (broker != null) {
      broker.stop();
    }
  }
}
