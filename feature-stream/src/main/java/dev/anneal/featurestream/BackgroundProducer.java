package dev.anneal.featurestream;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.metrics.KafkaMetric;
import org.jspecify.annotations.Nullable;

/// Sends on a thread of its own what a stream thread hands over: putting a row into a batch and
/// compressing it take about as long as computing it, and a stream thread has but one core.
///
/// Whatever ends or orders records (flush, offsets, commit, abort, close) waits until all that was
/// handed over before is sent. A send that fails tells its callback, as Kafka's own do; what was
/// handed over behind it is not sent, until the next send, offsets or commit has thrown the
/// failure, or a flush or an abort has come. So no commit passes over a row. For one user's thread,
/// which is how Kafka Streams uses a producer; the future of a send is never done.
final class BackgroundProducer implements Producer<byte[], byte[]> {
  private final Producer<byte[], byte[]> producer;
  private final SendQueue queue;
  private volatile @Nullable RuntimeException failure;

  /// @param producer is this one's from now on
  /// @param name of the thread
  BackgroundProducer(Producer<byte[], byte[]> producer, String name) {
    this.producer = producer;
    this.queue = SendQueue.start(name);
  }

  @Override
  public Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> row, Callback callback) {
    throwFailure();
    queue.handOver(() -> sendNow(row, callback));
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
      var sent = producer.send(row, callback);
      if (sent.state() == Future.State.FAILED
          && sent.exceptionNow() instanceof TimeoutException timeout) {
        failure = timeout; // the next would wait as long for the same; the callback was told
      }
    } catch (RuntimeException e) {
      fail(e, callback);
    } catch (Error e) { // the stream thread ends of it, this one goes on
      fail(new KafkaException("a row was not sent", e), callback);
    }
  }

  private void fail(RuntimeException thrown, Callback callback) {
    failure = thrown;
    callback.onCompletion(null, thrown.getCause() instanceof ApiException cause ? cause : thrown);
  }

  private void throwFailure() {
    var thrown = failure;
    if (thrown != null) {
      queue.drain(); // what was handed over before is passed over
      failure = null;
      throw thrown;
    }
  }

  /// Throws nothing of a send, like Kafka's own: callbacks were told.
  @Override
  public void flush() {
    queue.drain();
    failure = null;
    producer.flush();
  }

  private void awaitSent() {
    queue.drain();
    throwFailure();
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
    awaitSent();
    producer.sendOffsetsToTransaction(offsets, group);
  }

  @Override
  public void commitTransaction() {
    awaitSent();
    producer.commitTransaction();
  }

  @Override
  public void abortTransaction() {
    queue.drain();
    failure = null;
    producer.abortTransaction();
  }

  @Override
  public void close() {
    close(Duration.ofMillis(Long.MAX_VALUE));
  }

  @Override
  public void close(Duration timeout) {
    try {
      queue.close(timeout);
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
