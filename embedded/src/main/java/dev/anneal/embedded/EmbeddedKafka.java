package dev.anneal.embedded;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import kafka.tools.StorageTool;
import org.apache.kafka.common.Uuid;

/// One Kafka node, broker and controller, in this JVM with its log on disk. Survives `kill -9` like
/// any broker: a start after one waits until the session of the killed broker has expired.
public final class EmbeddedKafka implements AutoCloseable {
  private static final String REGISTRATION_MILLIS = "600000";

  private final KafkaNode node;
  private final int port;

  private EmbeddedKafka(KafkaNode node, int port) {
    this.node = node;
    this.port = port;
  }

  /// Starts on free ports.
  ///
  /// @throws IOException when the directory cannot be used
  public static EmbeddedKafka start(Path directory) throws IOException {
    return start(directory, Ports.preferably(), Map.of());
  }

  /// @param directory created and formatted where it does not exist
  /// @param port clients connect to
  /// @param overrides broker settings that go before our own
  /// @throws IOException when the directory or the port cannot be used
  public static EmbeddedKafka start(Path directory, PortChoice port, Map<String, String> overrides)
      throws IOException {
    OwnerOnly.directory(directory);
    HeldPort clients = port.take();
    HeldPort controller = HeldPort.bind(0);
    try {
      Map<String, String> settings = settings(directory, clients.port(), controller.port());
      settings.putAll(overrides);
      Path file = directory.resolve("server.properties");
      OwnerOnly.write(file, lines(settings));
      if (!Files.exists(directory.resolve("log/meta.properties"))) {
        format(file);
      }
      return new EmbeddedKafka(
          KafkaNode.start(settings, List.of(clients, controller)), clients.port());
    } catch (IOException | RuntimeException e) {
      clients.close();
      controller.close();
      throw e;
    }
  }

  public int port() {
    return port;
  }

  public String bootstrapServers() {
    return "127.0.0.1:" + port;
  }

  @Override
  public void close() {
    node.close();
  }

  private static void format(Path properties) throws IOException {
    var output = new ByteArrayOutputStream();
    String[] arguments = {
      "format", "-t", Uuid.randomUuid().toString(), "-c", properties.toString()
    };
    int exit =
        StorageTool.execute(arguments, new PrintStream(output, true, StandardCharsets.UTF_8));
    if (exit != 0) {
      throw new IOException(
          "cannot format Kafka's storage: " + output.toString(StandardCharsets.UTF_8));
    }
  }

  private static String lines(Map<String, String> settings) {
    var text = new StringBuilder();
    settings.forEach(
        (key, value) ->
            text.append(key).append('=').append(value.replace("\\", "\\\\")).append('\n'));
    return text.toString();
  }

  private static Map<String, String> settings(Path directory, int port, int controllerPort) {
    var settings = new TreeMap<String, String>();
    settings.put("process.roles", "broker,controller");
    settings.put("node.id", "1");
    settings.put("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
    settings.put(
        "listeners",
        "PLAINTEXT://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d".formatted(port, controllerPort));
    settings.put("advertised.listeners", "PLAINTEXT://127.0.0.1:" + port);
    settings.put("controller.listener.names", "CONTROLLER");
    settings.put("listener.security.protocol.map", "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT");
    settings.put("log.dirs", directory.resolve("log").toAbsolutePath().toString());
    settings.put("auto.create.topics.enable", "false");
    settings.put("delete.topic.enable", "true");
    // one node: every internal topic has one copy
    settings.put("offsets.topic.replication.factor", "1");
    settings.put("offsets.topic.num.partitions", "4");
    settings.put("transaction.state.log.replication.factor", "1");
    settings.put("transaction.state.log.min.isr", "1");
    settings.put("transaction.state.log.num.partitions", "4");
    settings.put("share.coordinator.state.topic.replication.factor", "1");
    settings.put("share.coordinator.state.topic.min.isr", "1");
    settings.put("share.coordinator.state.topic.num.partitions", "1");
    settings.put("group.initial.rebalance.delay.ms", "0");
    // a machine that is busy or was suspended while it started must not fail the start
    settings.put("initial.broker.registration.timeout.ms", REGISTRATION_MILLIS);
    // the defaults hold 128 MB for the cleaner and wait 15 s between looks for work
    settings.put("log.cleaner.dedupe.buffer.size", "8388608");
    settings.put("log.segment.bytes", "67108864");
    settings.put("num.network.threads", "2");
    settings.put("num.io.threads", "4");
    return settings;
  }
}
