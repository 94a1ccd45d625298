package dev.anneal.embedded;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import kafka.server.BrokerServer;
import kafka.server.ControllerServer;
import kafka.server.FaultHandlerFactory;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.server.Server;
import kafka.server.SharedServer;
import kafka.server.StandardFaultHandlerFactory;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.raft.QuorumConfig;
import org.apache.kafka.server.ServerSocketFactory;
import org.apache.kafka.server.fault.FaultHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What [KafkaRaftServer] does, with two differences: it listens on sockets that are bound already,
/// and a fault while it starts is an exception and not the end of this JVM.
final class KafkaNode implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaNode.class);

  private final ControllerServer controller;
  private final BrokerServer broker;
  private volatile boolean isStarted;

  private KafkaNode(Map<String, String> settings, List<HeldPort> ports) {
    var properties = new Properties();
    properties.putAll(settings);
    var config = KafkaConfig.fromProps(properties);
    var directories = KafkaRaftServer.initializeLogDirs(config, LOG, "");
    var cluster = directories._1();
    var quorum = config.quorumConfig();
    var metrics = Server.initializeMetrics(config, Time.SYSTEM, cluster.clusterId().orElseThrow());
    var shared =
        new SharedServer(
            config,
            cluster,
            Time.SYSTEM,
            metrics,
            CompletableFuture.completedFuture(QuorumConfig.parseVoterConnections(quorum.voters())),
            QuorumConfig.parseBootstrapServers(quorum.bootstrapServers()),
            faults(),
            sockets(ports));
    this.broker = new BrokerServer(shared);
    this.controller =
        new ControllerServer(shared, KafkaRaftServer.configSchema(), directories._2());
  }

  /// @throws IOException with the reason
  static KafkaNode start(Map<String, String> settings, List<HeldPort> ports) throws IOException {
    try {
      var node = new KafkaNode(settings, ports);
      node.startup();
      return node;
    } catch (RuntimeException e) {
      throw new IOException("Kafka does not start: " + reason(e), e);
    }
  }

  private static String reason(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause.getMessage() == null ? cause.toString() : cause.getMessage();
  }

  private void startup() {
    try {
      controller.startup();
      broker.startup();
      isStarted = true;
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /// After the start Kafka's own: a node whose metadata log fails ends its process.
  private FaultHandlerFactory faults() {
    var standard = new StandardFaultHandlerFactory();
    return (name, isFatal, action) -> {
      FaultHandler started = standard.build(name, isFatal, action);
      return (message, cause) -> {
        if (isStarted) {
          return started.handleFault(message, cause);
        }
        LOG.error("{}: {}", name, message, cause);
        return new IllegalStateException(name + ": " + message, cause);
      };
    };
  }

  private static ServerSocketFactory sockets(List<HeldPort> ports) {
    return (listener, address, _, _) -> socket(ports, address);
  }

  private static ServerSocketChannel socket(List<HeldPort> ports, InetSocketAddress address)
      throws IOException {
    for (HeldPort held : ports) {
      if (held.port() == address.getPort()) {
        var channel = held.channel();
        channel.configureBlocking(false); // as Kafka's own factory does
        return channel;
      }
    }
    throw new IOException("port %d is not held".formatted(address.getPort()));
  }

  @Override
  public void close() {
    broker.shutdown();
    controller.shutdown();
    broker.awaitShutdown();
    controller.awaitShutdown();
  }
}
