package dev.anneal.standalone;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// How a command finds a running Anneal: by the data directory of one on this machine, or by
/// addresses.
final class Connection {
  @Option(
      names = "--data-dir",
      description = "Of the Anneal on this machine (default: .anneal).",
      defaultValue = ".anneal")
  private Path dataDirectory = Path.of(".anneal");

  @Option(names = "--bootstrap-servers", description = "Kafka elsewhere.")
  private @Nullable String bootstrapServers;

  @Option(names = "--registry", description = "Schema registry elsewhere (Confluent's API).")
  private @Nullable URI registry;

  @Option(names = "--control", description = "Control API elsewhere.")
  private @Nullable URI control;

  ControlClient control() throws IOException {
    URI named = control;
    return new ControlClient(
        named == null ? URI.create(Endpoints.load(dataDirectory).control()) : named);
  }

  KafkaClient kafka() throws IOException {
    String servers = bootstrapServers;
    URI schemas = registry;
    return new KafkaClient(
        servers == null ? Endpoints.load(dataDirectory).bootstrapServers() : servers,
        schemas == null ? URI.create(Endpoints.load(dataDirectory).registry()) : schemas);
  }
}
