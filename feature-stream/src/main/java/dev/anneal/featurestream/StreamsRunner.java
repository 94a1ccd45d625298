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
  private final StreamsClients clients;
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
    this.clients = new StreamsClients(settings);
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

  /// Until a client starts: making one fails, too, while no broker's name is known.
  private void replace(KafkaStreams ended) {
    for (var last = ended; ; ) {
      var pause = pauses.after(System.nanoTime());
      LOG.error("Kafka Streams has ended, it is started again in {} ms", pause.toMillis());
      if (isStoppedWithin(pause)) {
        return;
      }
      try {
        last.close(CLOSE_TIMEOUT);
        var next = client();
        if (!isSucceeded(last, next)) {
          next.close(CLOSE_TIMEOUT);
          return;
        }
        last = next;
        next.start();
        return;
      } catch (RuntimeException e) {
        LOG.error("Kafka Streams did not start", e);
      }
    }
  }

  /// @return false where another has taken the place already, or none is wanted any more
  private synchronized boolean isSucceeded(KafkaStreams ended, KafkaStreams next) {
    boolean isWanted = running && streams == ended;
    streams = isWanted ? next : streams;
    return isWanted;
  }

  @Override
  public void start() {
    running = true;
    current().start();
  }

  @Override
  public void stop() {
    stopping.countDown();
    running = false;
    // not within the lock: a start may wait for a broker
    current().close(CloseOptions.timeout(CLOSE_TIMEOUT).withGroupMembershipOperation(stop));
    clients.close();
  }

  private synchronized KafkaStreams current() {
    return streams;
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  KafkaStreams.State state() {
    return current().state();
  }
}
