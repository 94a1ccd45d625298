package dev.anneal.standalone;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// How a command finds Kafka and the schema registry: those of the Anneal of a data directory, or
/// elsewhere.
final class KafkaAddress {
  @Option(
      names = "--data-dir",
      description = "Of the Anneal on this machine (default: .anneal).",
      defaultValue = ".anneal")
  private Path dataDirectory = Path.of(".anneal");

  @Option(names = "--bootstrap-servers", description = "Kafka elsewhere, host:port.")
  private @Nullable String bootstrapServers;

  @Option(
      names = "--registry",
      description = "Schema registry elsewhere, http://host:port (Confluent's API).")
  private @Nullable URI registry;

  KafkaClient client() throws IOException {
    String servers = bootstrapServers;
    URI schemas = registry;
    return new KafkaClient(
        servers == null ? Endpoints.load(dataDirectory).bootstrapServers() : servers,
        schemas == null
            ? URI.create(Endpoints.load(dataDirectory).registry())
            : ControlAddress.http("--registry", schemas));
  }
}
