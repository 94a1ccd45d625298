package dev.anneal.stage;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.kafka.KafkaContainer;

/// On Kafka's own image, as docker-compose.yml runs it.
class ContainerStageKafkaTest extends StageKafkaContract {
  private static KafkaContainer broker;

  @BeforeAll
  static void startBroker() {
    assumeTrue(
        DockerClientFactory.instance().isDockerAvailable(),
        "skipped: no Docker engine; EmbeddedStageKafkaTest runs the same tests on the embedded broker");
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
