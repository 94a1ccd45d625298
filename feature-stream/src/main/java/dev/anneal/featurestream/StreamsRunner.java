package dev.anneal.featurestream;

import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.processor.internals.StreamThread;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/// Kafka Streams with the life of the application. A thread that fails is replaced, after a pause
/// that grows while threads fail; what it held uncommitted comes again. The client as a whole ends
/// where a thread cannot be replaced, as that of the definitions cannot: then another client is
/// made, after such a pause, so that no stage looks alive that does nothing.
final class StreamsRunner implements SmartLifecycle {
  private static final Logger LOG = LoggerFactory.getLogger(StreamsRunner.class);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

  private final Supplier<Topology> topology;
  private final Properties properties;
  private final StableTransactions clients;
  private final GroupMembershipOperation stop;
  private final ReplacementPauses pauses = new ReplacementPauses();
  private final CountDownLatch stopping = new CountDownLatch(1);
  private KafkaStreams streams;
  private volatile boolean running;

  /// @param topology made anew for each client
  StreamsRunner(
      Supplier<Topology> topology, Properties properties, FeatureStreamSettings settings) {
    this.topology = topology;
    this.properties = properties;
    this.clients = new StableTransactions(settings);
    // of another, its partitions go to the others, or to this one's next start, at once and not
    // after the session's timeout
    this.stop =
        settings.isStaticMember()
            ? GroupMembershipOperation.REMAIN_IN_GROUP
            : GroupMembershipOperation.LEAVE_GROUP;
    this.streams = client();
  }

  private KafkaStreams client() {
    var client = new KafkaStreams(topology.get(), properties, clients);
    client.setUncaughtExceptionHandler(
        failure -> {
          if (!(Thread.currentThread() instanceof StreamThread)) {
            LOG.error("the thread of the definitions failed, which cannot be replaced", failure);
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
          }
          var pause = pauses.after(System.nanoTime());
          LOG.error("a stream thread failed, it is replaced in {} ms", pause.toMillis(), failure);
          if (isStoppedWithin(pause)) {
            LOG.info("it is not replaced: the application stops");
          }
          return StreamThreadExceptionResponse.REPLACE_THREAD;
        });
    client.setStateListener(
        (now, _) -> {
          if (now == KafkaStreams.State.ERROR) {
            Thread.ofVirtual().name("streams-replacement").start(() -> replace(client));
          }
        });
    return client;
  }

  /// On the thread that failed, which keeps its partitions until it is replaced.
  private boolean isStoppedWithin(Duration pause) {
    try {
      return stopping.await(pause.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  private void replace(KafkaStreams ended) {
    var pause = pauses.after(System.nanoTime());
    LOG.error("Kafka Streams has ended, it is started again in {} ms", pause.toMillis());
    if (isStoppedWithin(pause)) {
      return;
    }
    synchronized (this) {
      if (running && streams == ended) {
        ended.close(CLOSE_TIMEOUT);
        streams = client();
        start(streams);
      }
    }
  }

  private void start(KafkaStreams client) {
    try {
      client.start();
    } catch (RuntimeException e) {
      LOG.error("Kafka Streams did not start", e);
      Thread.ofVirtual().name("streams-replacement").start(() -> replace(client));
    }
  }

  @Override
  public synchronized void start() {
    streams.start();
    running = true;
  }

  @Override
  public void stop() {
    stopping.countDown();
    synchronized (this) {
      streams.close(CloseOptions.timeout(CLOSE_TIMEOUT).withGroupMembershipOperation(stop));
      clients.close();
      running = false;
    }
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  synchronized KafkaStreams.State state() {
    return streams.state();
  }
}
