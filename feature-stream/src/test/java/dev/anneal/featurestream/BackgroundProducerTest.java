package dev.anneal.featurestream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class BackgroundProducerTest {
  private static final int ROWS = 50_000;
  private static final ConsumerGroupMetadata GROUP = new MockConsumer<>("earliest").groupMetadata();

  private final KafkaStub kafka = new KafkaStub();
  private final BackgroundProducer producer = new BackgroundProducer(kafka, "sender");

  @AfterEach
  void close() {
    producer.close();
  }

  @Test
  void aFlushFollowsAllRowsInTheirOrder() {
    for (int i = 0; i < ROWS; i++) {
      send(i);
    }

    producer.flush();

    assertThat(sent()).isEqualTo(IntStream.range(0, ROWS).boxed().toList());
  }

  @Test
  void aCommitHasAllRowsSentBeforeIt() {
    producer.initTransactions();
    for (int transaction = 0; transaction < 100; transaction++) {
      producer.beginTransaction();
      for (int i = 0; i < 100; i++) {
        send(100 * transaction + i);
      }
      producer.sendOffsetsToTransaction(Map.of(), GROUP);
      producer.commitTransaction();

      assertThat(sent()).hasSize(100 * (transaction + 1));
    }
  }

  @Test
  void aRowIsSentWhenTheThreadHasSlept() {
    send(1);
    await().untilAsserted(() -> assertThat(sent()).hasSize(1));
    await().until(() -> isAt("SendQueue", "awaitNext"));

    send(2);

    await().untilAsserted(() -> assertThat(sent()).containsExactly(1, 2));
  }

  @Test
  void noCommitPassesOverARowThatWasNotSent() {
    var failure = new KafkaException("fenced", new ProducerFencedException("by another"));
    producer.initTransactions();
    producer.beginTransaction();
    kafka.failures.add(failure);
    var told = new CompletableFuture<Exception>();
    producer.send(row(1), (_, exception) -> told.complete(exception));
    send(2);

    assertThatThrownBy(producer::commitTransaction).isSameAs(failure);
    assertThat(kafka.transactionCommitted()).isFalse();
    assertThat(told).isCompletedWithValue((Exception) failure.getCause());

    producer.abortTransaction();
    producer.beginTransaction();
    send(3);
    producer.sendOffsetsToTransaction(Map.of(), GROUP);
    producer.commitTransaction();
    assertThat(sent()).containsExactly(3);
  }

  @Test
  void whatIsHandedOverBehindAFailureIsNotSentUntilItWasThrown() {
    var failure = new KafkaException("of a test");
    kafka.gate = new CountDownLatch(1);
    kafka.failures.add(failure);
    for (int i = 0; i < 10; i++) {
      send(i);
    }
    kafka.gate.countDown();

    await().untilAsserted(() -> assertThatThrownBy(() -> send(10)).isSameAs(failure));

    send(11);
    producer.flush();
    assertThat(sent()).containsExactly(11);
  }

  @Test
  void aFlushThrowsNothingOfWhatCallbacksWereTold() {
    kafka.failures.add(new KafkaException("of a test"));
    var told = new CompletableFuture<Exception>();
    producer.send(row(1), (_, exception) -> told.complete(exception));

    producer.flush();

    assertThat(told).isCompletedWithValueMatching(e -> e.getMessage().equals("of a test"));
  }

  @Test
  void rowsBehindOneThatKafkaHadNoTimeForAreNotTried() {
    kafka.gate = new CountDownLatch(1);
    kafka.refusals.add(new TimeoutException("no metadata in 60 s"));
    for (int i = 0; i < 10; i++) {
      send(i);
    }
    kafka.gate.countDown();

    producer.flush();

    assertThat(sent()).isEmpty();
  }

  @Test
  void anErrorIsAFailureToo() {
    var error = new OutOfMemoryError("of a test");
    kafka.failures.add(error);
    send(1);

    assertThatThrownBy(producer::commitTransaction)
        .isInstanceOf(KafkaException.class)
        .hasRootCause(error);
  }

  @Test
  void aCallbackMaySend() {
    producer.send(row(1), (_, _) -> send(2));

    producer.flush();

    assertThat(sent()).containsExactly(1, 2);
  }

  @Test
  void aClosedOneTakesNothing() {
    producer.close();

    assertThatThrownBy(() -> send(1)).isInstanceOf(KafkaException.class);
    assertThatThrownBy(producer::flush).isInstanceOf(KafkaException.class);
  }

  @Test
  void aCallbackIsCalledWithWhatBecameOfTheRow() {
    var called = new CompletableFuture<RecordMetadata>();

    producer.send(row(1), (metadata, _) -> called.complete(metadata));

    assertThat(called).succeedsWithin(Duration.ofMinutes(2));
  }

  @Test
  void whoHandsOverWaitsWhereKafkaDoes() throws InterruptedException {
    // Given
    kafka.gate = new CountDownLatch(1);
    var handedOver = new AtomicInteger();
    var user =
        Thread.ofVirtual()
            .start(
                () -> {
                  for (int i = 0; i < ROWS; i++) {
                    send(i);
                    handedOver.incrementAndGet();
                  }
                });

    // When
    await().during(Duration.ofMillis(200)).until(() -> handedOver.get() >= SendQueue.CAPACITY);

    // Then
    assertThat(handedOver.get()).isLessThanOrEqualTo(2 * SendQueue.CAPACITY + 1);
    kafka.gate.countDown();
    user.join();
    producer.flush();
    assertThat(sent()).hasSize(ROWS);
  }

  @Test
  void closingSendsWhatWaits() {
    for (int i = 0; i < 1_000; i++) {
      send(i);
    }

    producer.close();

    assertThat(kafka.closed()).isTrue();
    assertThat(sent()).hasSize(1_000);
  }

  @Test
  void closingWaitsNoLongerThanItMay() {
    kafka.gate = new CountDownLatch(1);
    send(1);

    assertTimeout(Duration.ofSeconds(5), () -> producer.close(Duration.ofMillis(50)));

    assertThat(kafka.closed()).isTrue();
    kafka.gate.countDown();
  }

  private void send(int number) {
    producer.send(row(number), (_, _) -> {});
  }

  private static ProducerRecord<byte[], byte[]> row(int number) {
    return new ProducerRecord<>("features", ByteBuffer.allocate(4).putInt(number).array());
  }

  private List<Integer> sent() {
    return kafka.history().stream().map(row -> ByteBuffer.wrap(row.value()).getInt()).toList();
  }

  private boolean isAt(String type, String method) {
    return Arrays.stream(kafka.thread.getStackTrace())
        .anyMatch(at -> at.getClassName().endsWith(type) && at.getMethodName().equals(method));
  }

  /// Knows which thread sends, and can hold it up, throw, and refuse.
  private static final class KafkaStub extends MockProducer<byte[], byte[]> {
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final Queue<ApiException> refusals = new ConcurrentLinkedQueue<>();
    private volatile Thread thread = Thread.currentThread();
    private volatile CountDownLatch gate = new CountDownLatch(0);

    KafkaStub() {
      super(true, null, new ByteArraySerializer(), new ByteArraySerializer());
    }

    @Override
    public Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> row, Callback callback) {
      thread = Thread.currentThread();
      try {
        gate.await();
      } catch (InterruptedException e) {
        throw new KafkaException(e);
      }
      var failure = failures.poll();
      if (failure instanceof RuntimeException exception) {
        throw exception;
      }
      if (failure instanceof Error error) {
        throw error;
      }
      var refusal = refusals.poll();
      if (refusal != null) {
        callback.onCompletion(null, refusal);
        return CompletableFuture.failedFuture(refusal);
      }
      return super.send(row, callback);
    }
  }
}
