package dev.anneal.bench.features;

import dev.anneal.embedded.EmbeddedKafka;
import java.io.IOException;
import java.nio.file.Path;

/// The broker's JVM: `BrokerMain <directory> <port>`.
final class BrokerMain {
  private BrokerMain() {}

  public static void main(String[] arguments) throws IOException {
    EmbeddedKafka.start(Path.of(arguments[0]), Integer.parseInt(arguments[1]));
  }
}
