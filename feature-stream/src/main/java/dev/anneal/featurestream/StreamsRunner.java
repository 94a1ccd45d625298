package dev.anneal.featurestream;

import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/// Kafka Streams with the life of the application. A thread that fails is replaced, after a pause
/// that grows while threads fail; what it held uncommitted comes again.
final class StreamsRunner implements SmartLifecycle {
  private static final Logger LOG = LoggerFactory.getLogger(StreamsRunner.class);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

  private final KafkaStreams streams;
  private final StableTransactions clients;
  private final GroupMembershipOperation stop;
  private final ReplacementPauses pauses = new ReplacementPauses();
  private final CountDownLatch stopping = new CountDownLatch(1);
  private volatile boolean running;

  StreamsRunner(Topology topology, Properties properties, FeatureStreamSettings settings) {
    this.clients = new StableTransactions(settings);
    this.streams = new KafkaStreams(topology, properties, clients);
    // of another, its partitions go to the others, or to this one's next start, at once and not
    // after the session's timeout
    this.stop =
        settings.isStaticMember()
            ? GroupMembershipOperation.REMAIN_IN_GROUP
            : GroupMembershipOperation.LEAVE_GROUP;
    streams.setUncaughtExceptionHandler(
        failure -> {
          var pause = pauses.after(System.nanoTime());
          LOG.error("a stream thread failed, it is replaced in {} ms", pause.toMillis(), failure);
          await(pause);
          return StreamThreadExceptionResponse.REPLACE_THREAD;
        });
  }

  /// On the thread that failed, which keeps its partitions until it is replaced. Ends when the
  /// application stops.
  private void await(Duration pause) {
    try {
      if (stopping.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.info("it is not replaced: the application stops");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void start() {
    streams.start();
    running = true;
  }

  @Override
  public void stop() {
    stopping.countDown();
    streams.close(CloseOptions.timeout(CLOSE_TIMEOUT).withGroupMembershipOperation(stop));
    clients.close();
    running = false;
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  KafkaStreams.State state() {
    return streams.state();
  }
}
