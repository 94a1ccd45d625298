package dev.anneal.featurestream;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.metrics.KafkaMetric;
import org.jspecify.annotations.Nullable;

/// Sends on a thread of its own what a stream thread hands over: putting a row into a batch and
/// compressing it take about as long as computing it, and a stream thread has but one core.
///
/// Whatever ends or orders records (flush, offsets, commit, abort, close) waits until all that was
/// handed over before is sent. What a send throws is thrown by the calls that follow, one of which
/// comes before any commit, and nothing more is sent until an abort. For one user's thread, which
/// is how Kafka Streams uses a producer; the future of a send is never done, its callback is
// called.
final class BackgroundProducer implements Producer<byte[], byte[]> {
  private static final int CAPACITY = 4_096;

  /// Between looks at what was handed over: to wake the thread for a row costs more than the row.
  private static final long PAUSE_NANOS = 500_000;

  /// Without a row until the thread sleeps: a tenth of a second.
  private static final int LOOKS = 200;

  private final Producer<byte[], byte[]> producer;
  private final ArrayBlockingQueue<Runnable> handedOver = new ArrayBlockingQueue<>(CAPACITY);
  private final Thread thread;
  private volatile @Nullable RuntimeException failure;
  private volatile boolean closed;

  private BackgroundProducer(Producer<byte[], byte[]> producer) {
    this.producer = producer;
    this.thread =
        Thread.ofPlatform()
            .daemon()
            .name(Thread.currentThread().getName() + "-sender")
            .unstarted(this::run);
  }

  /// @param producer is this one's from now on
  static BackgroundProducer of(Producer<byte[], byte[]> producer) {
    var background = new BackgroundProducer(producer);
    background.thread.start();
    return background;
  }

  private void run() {
    var batch = new ArrayList<Runnable>(CAPACITY);
    int looks = 0;
    while (!closed || !handedOver.isEmpty()) {
      if (handedOver.drainTo(batch) > 0) {
        batch.forEach(Runnable::run);
        batch.clear();
        looks = 0;
      } else if (looks++ < LOOKS) {
        LockSupport.parkNanos(PAUSE_NANOS);
      } else {
        awaitNext().run();
      }
    }
  }

  private Runnable awaitNext() {
    try {
      return handedOver.take();
    } catch (InterruptedException e) {
      throw new InterruptException(e); // nobody interrupts it
    }
  }

  @Override
  public Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> row, Callback callback) {
    throwFailure();
    handOver(() -> sendNow(row, callback));
    return new CompletableFuture<>();
  }

  @Override
  public Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> row) {
    return send(row, (_, _) -> {});
  }

  private void sendNow(ProducerRecord<byte[], byte[]> row, Callback callback) {
    if (failure != null) {
      return;
    }
    try {
      producer.send(row, callback);
    } catch (RuntimeException e) {
      failure = e;
    }
  }

  private void handOver(Runnable task) {
    try {
      handedOver.put(task);
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }

  /// Returns when all that was handed over is sent.
  private void drain() {
    var reached = new CountDownLatch(1);
    handOver(reached::countDown);
    LockSupport.unpark(thread);
    try {
      reached.await();
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }

  private void throwFailure() {
    var thrown = failure;
    if (thrown != null) {
      throw thrown;
    }
  }

  @Override
  public void flush() {
    drain();
    throwFailure();
    producer.flush();
  }

  @Override
  public void initTransactions() {
    producer.initTransactions();
  }

  @Override
  public void beginTransaction() {
    producer.beginTransaction();
  }

  @Override
  public void sendOffsetsToTransaction(
      Map<TopicPartition, OffsetAndMetadata> offsets, ConsumerGroupMetadata group) {
    drain();
    throwFailure();
    producer.sendOffsetsToTransaction(offsets, group);
  }

  @Override
  public void commitTransaction() {
    drain();
    throwFailure();
    producer.commitTransaction();
  }

  @Override
  public void abortTransaction() {
    drain();
    failure = null;
    producer.abortTransaction();
  }

  @Override
  public void close() {
    close(Duration.ofMillis(Long.MAX_VALUE));
  }

  @Override
  public void close(Duration timeout) {
    closed = true;
    handedOver.offer(() -> {}); // wakes it; a full queue needs none
    LockSupport.unpark(thread);
    try {
      thread.join(timeout);
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    } finally {
      producer.close(timeout);
    }
  }

  @Override
  public void registerMetricForSubscription(KafkaMetric metric) {
    producer.registerMetricForSubscription(metric);
  }

  @Override
  public void unregisterMetricFromSubscription(KafkaMetric metric) {
    producer.unregisterMetricFromSubscription(metric);
  }

  @Override
  public List<PartitionInfo> partitionsFor(String topic) {
    return producer.partitionsFor(topic);
  }

  @Override
  public Map<MetricName, ? extends Metric> metrics() {
    return producer.metrics();
  }

  @Override
  public Uuid clientInstanceId(Duration timeout) {
    return producer.clientInstanceId(timeout);
  }
}
