package dev.anneal.standalone;

import dev.anneal.embedded.OwnerOnly;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;

/// Where an Anneal answers, or answered last. Stands in `endpoints.properties` of its data
/// directory, so that the other commands find it.
///
/// @param bootstrapServers of Kafka
/// @param registry base of the Confluent-compatible API
/// @param control base of the control API
/// @param deployer base of the prediction API
/// @param postgresPort of the embedded PostgreSQL
/// @param postgresPorts all that it has had, the first one first: definitions may name each
public record Endpoints(
    String bootstrapServers,
    String registry,
    String control,
    String deployer,
    int postgresPort,
    List<Integer> postgresPorts) {
  private static final String FILE = "endpoints.properties";

  /// 5432 may be a PostgreSQL of the machine's own.
  static final ServerPorts USUAL = new ServerPorts(9092, 8081, 8080, 8082, 5442);

  /// Of each server.
  record ServerPorts(int kafka, int registry, int control, int deployer, int postgres) {}

  public Endpoints {
    postgresPorts = List.copyOf(postgresPorts);
  }

  /// @param last of the run before on the directory
  static Endpoints of(ServerPorts ports, Optional<Endpoints> last) {
    var all = new LinkedHashSet<Integer>();
    last.ifPresent(l -> all.addAll(l.postgresPorts));
    all.add(ports.postgres);
    return new Endpoints(
        "127.0.0.1:" + ports.kafka,
        "http://127.0.0.1:%d/apis/ccompat/v7".formatted(ports.registry),
        "http://127.0.0.1:" + ports.control,
        "http://127.0.0.1:" + ports.deployer,
        ports.postgres,
        List.copyOf(all));
  }

  ServerPorts ports() {
    return new ServerPorts(
        port("kafka://" + bootstrapServers),
        port(registry),
        port(control),
        port(deployer),
        postgresPort);
  }

  private static int port(String address) {
    return URI.create(address).getPort();
  }

  /// What definitions name as the port of the embedded PostgreSQL. It stays what it was first: a
  /// definition with another port would be another database, whose rows are all read.
  public int postgresPortInDefinitions() {
    return postgresPorts.getFirst();
  }

  /// Ports that definitions may name and that it no longer has, with the one it has.
  Map<Integer, Integer> movedPorts() {
    return postgresPorts.stream()
        .filter(port -> port != postgresPort)
        .collect(Collectors.toMap(port -> port, _ -> postgresPort));
  }

  /// Each server that is not where it usually is.
  List<String> unusual() {
    var ports = ports();
    var lines = new ArrayList<String>();
    line(lines, "Kafka", USUAL.kafka, ports.kafka);
    line(lines, "the schema registry", USUAL.registry, ports.registry);
    line(lines, "control", USUAL.control, ports.control);
    line(lines, "the prediction API", USUAL.deployer, ports.deployer);
    line(lines, "PostgreSQL", USUAL.postgres, ports.postgres);
    return lines;
  }

  private static void line(List<String> lines, String server, int usual, int port) {
    if (port != usual) {
      lines.add("%s is on port %d, not on %d".formatted(server, port, usual));
    }
  }

  void save(Path directory) throws IOException {
    var lines =
        List.of(
            "# where this Anneal answers",
            "bootstrap.servers=" + bootstrapServers,
            "registry=" + registry,
            "control=" + control,
            "deployer=" + deployer,
            "postgres.port=" + postgresPort,
            "postgres.ports="
                + postgresPorts.stream().map(String::valueOf).collect(Collectors.joining(",")));
    OwnerOnly.write(directory.resolve(FILE), String.join("\n", lines) + "\n");
  }

  /// Of the last run; empty where none has come to its end of starting.
  static Optional<Endpoints> last(Path directory) throws IOException {
    return Files.exists(directory.resolve(FILE)) ? Optional.of(load(directory)) : Optional.empty();
  }

  /// @throws IOException when no Anneal has run on the directory
  static Endpoints load(Path directory) throws IOException {
    Path file = directory.resolve(FILE);
    if (!Files.exists(file)) {
      throw new IOException(
          "no Anneal runs on %1$s, or it still starts; start one with ./anneal up --data-dir %1$s"
              .formatted(directory));
    }
    var properties = new Properties();
    try (var in = Files.newInputStream(file)) {
      properties.load(in);
    }
    String port = properties.getProperty("postgres.port");
    return new Endpoints(
        properties.getProperty("bootstrap.servers"),
        properties.getProperty("registry"),
        properties.getProperty("control"),
        properties.getProperty("deployer"),
        Integer.parseInt(port),
        Arrays.stream(properties.getProperty("postgres.ports", port).split(",", -1))
            .map(Integer::valueOf)
            .toList());
  }
}
