package dev.anneal.bench.features;

import dev.anneal.embedded.EmbeddedKafka;
import dev.anneal.embedded.Ports;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/// The broker's JVM: `BrokerMain <directory> <port>`. What a topic keeps no longer leaves it, and
/// the page cache, at once.
final class BrokerMain {
  private static final Map<String, String> SETTINGS =
      Map.of(
          "log.initial.task.delay.ms",
          "1000",
          "log.retention.check.interval.ms",
          "1000",
          "log.segment.delete.delay.ms",
          "0");

  private BrokerMain() {}

  public static void main(String[] arguments) throws IOException {
    EmbeddedKafka.start(
        Path.of(arguments[0]), Ports.exactly(Integer.parseInt(arguments[1])), SETTINGS);
  }
}
