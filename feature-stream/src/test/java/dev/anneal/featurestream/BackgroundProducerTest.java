package dev.anneal.featurestream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
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
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class BackgroundProducerTest {
  private static final int ROWS = 50_000;
  private static final ConsumerGroupMetadata GROUP = new MockConsumer<>("earliest").groupMetadata();

  private final KafkaStub kafka = new KafkaStub();
  private final BackgroundProducer producer = BackgroundProducer.of(kafka);

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
    await().until(() -> kafka.thread.getState() == Thread.State.WAITING);

    send(2);

    await().untilAsserted(() -> assertThat(sent()).containsExactly(1, 2));
  }

  @Test
  void aFailureOfASendIsThrownBeforeACommitAndNothingIsSentBehindIt() {
    var failure = new KafkaException("fenced");
    producer.initTransactions();
    producer.beginTransaction();
    kafka.sendException = failure;
    send(1);
    assertThatThrownBy(producer::flush).isSameAs(failure);
    kafka.sendException = null;

    assertThatThrownBy(() -> send(2)).isSameAs(failure);
    assertThatThrownBy(() -> producer.sendOffsetsToTransaction(Map.of(), GROUP)).isSameAs(failure);
    assertThatThrownBy(producer::commitTransaction).isSameAs(failure);
    assertThat(kafka.transactionCommitted()).isFalse();

    producer.abortTransaction();
    producer.beginTransaction();
    send(3);
    producer.commitTransaction();
    assertThat(sent()).containsExactly(3);
  }

  @Test
  void aCallbackIsCalledWithWhatBecameOfTheRow() {
    var called = new CompletableFuture<RecordMetadata>();

    producer.send(row(1), (metadata, _) -> called.complete(metadata));

    assertThat(called).succeedsWithin(Duration.ofSeconds(5));
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
    await().until(() -> user.getState() == Thread.State.WAITING);

    // Then
    assertThat(handedOver.get()).isLessThan(ROWS / 4);
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

    producer.close(Duration.ofMillis(50));

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

  /// Knows which thread sends, and can hold it up.
  private static final class KafkaStub extends MockProducer<byte[], byte[]> {
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
      return super.send(row, callback);
    }
  }
}
