package dev.anneal.stage;

import dev.anneal.embedded.EmbeddedKafka;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/// On the broker that standalone ships.
class EmbeddedStageKafkaTest extends StageKafkaContract {
  @TempDir private static Path directory;
  private static EmbeddedKafka broker;

  @BeforeAll
  static void startBroker() throws IOException {
    broker = EmbeddedKafka.start(directory);
    use(broker.bootstrapServers());
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }
}
