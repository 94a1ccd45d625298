package dev.anneal.stage;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/// Follows a topic from its first record on, in every instance of a stage: how a stage restores
/// what it has to know. [#start] returns when what was there at the call has been applied, so
/// listeners, which start later, see it. One thread calls the handler. When the broker goes away it
/// waits and goes on where it was.
public final class TopicTable implements SmartLifecycle {
  private static final Logger LOG = LoggerFactory.getLogger(TopicTable.class);
  private static final Duration POLL = Duration.ofMillis(250);
  private static final Duration PARTITION_WAIT = Duration.ofSeconds(5);
  private static final Duration PAUSE = Duration.ofSeconds(1);

  /// Applies one record. Failures that are the record's own are the handler's to turn into dead
  /// letters; after any other the table reads again from the last poll on.
  interface Handler {
    void apply(ConsumerRecord<String, byte[]> record);
  }

  /// Opens a consumer of committed records without a group.
  interface Consumers {
    Consumer<String, byte[]> open();
  }

  private final String topic;
  private final Consumers consumers;
  private final Handler handler;
  private final RetryAlerts alerts;
  private final CountDownLatch loaded = new CountDownLatch(1);
  private final CountDownLatch stopped = new CountDownLatch(1);
  private volatile boolean running;
  private volatile Thread thread = Thread.currentThread();
  private Map<TopicPartition, Long> positions = Map.of();
  private final Queue<CompletableFuture<Void>> asked = new ConcurrentLinkedQueue<>();
  private final List<Awaited> awaited = new ArrayList<>(); // the table's thread only

  /// What was asked for when the topic ended there.
  private record Awaited(Map<TopicPartition, Long> ends, List<CompletableFuture<Void>> answers) {}

  TopicTable(String topic, Consumers consumers, Handler handler, RetryAlerts alerts) {
    this.topic = topic;
    this.consumers = consumers;
    this.handler = handler;
    this.alerts = alerts;
  }

  @Override
  public void start() {
    running = true;
    thread = Thread.ofPlatform().name("table-" + topic).daemon().start(this::follow);
    try {
      loaded.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Completes when all that is on the topic now has been applied, however long that takes.
  public CompletableFuture<Void> caughtUp() {
    var answer = new CompletableFuture<Void>();
    asked.add(answer);
    return answer;
  }

  @Override
  public void stop() {
    running = false;
    stopped.countDown();
    try {
      thread.join(Duration.ofSeconds(10));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /// Before listeners, after the topics exist.
  @Override
  public int getPhase() {
    return Integer.MIN_VALUE + 1;
  }

  private void follow() {
    while (running) {
      try (var consumer = consumers.open()) {
        read(consumer);
      } catch (WakeupException | InterruptException e) {
        LOG.debug("table {} stopped", topic, e);
      } catch (RuntimeException e) {
        LOG.warn("table {} reads again after: {}", topic, Redaction.of(e.toString()));
        alerts.failed("table " + topic, e);
        pause();
      }
    }
    loaded.countDown();
  }

  private void pause() {
    try {
      stopped.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void read(Consumer<String, byte[]> consumer) {
    Collection<TopicPartition> partitions =
        consumer.partitionsFor(topic, PARTITION_WAIT).stream()
            .map(p -> new TopicPartition(topic, p.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    positions.forEach(consumer::seek);
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    while (running) {
      awaitAnswers(consumer, partitions);
      for (var record : consumer.poll(POLL)) {
        Failures.withoutOverflow(() -> handler.apply(record));
      }
      positions = partitions.stream().collect(Collectors.toMap(p -> p, consumer::position));
      if (hasReached(ends)) {
        loaded.countDown();
        alerts.passed("table " + topic);
      }
      awaited.removeIf(this::isAnswered);
    }
  }

  private boolean isAnswered(Awaited question) {
    if (!hasReached(question.ends())) {
      return false;
    }
    question.answers().forEach(answer -> answer.complete(null));
    return true;
  }

  /// The ends of after each question, so those asked meanwhile are left to the next time.
  private void awaitAnswers(
      Consumer<String, byte[]> consumer, Collection<TopicPartition> partitions) {
    var answers = new ArrayList<CompletableFuture<Void>>();
    for (var next = asked.poll(); next != null; next = asked.poll()) {
      answers.add(next);
    }
    if (answers.isEmpty()) {
      return;
    }
    try {
      awaited.add(new Awaited(consumer.endOffsets(partitions), answers));
    } catch (RuntimeException e) {
      asked.addAll(answers);
      throw e;
    }
  }

  private boolean hasReached(Map<TopicPartition, Long> ends) {
    return ends.entrySet().stream()
        .allMatch(end -> positions.getOrDefault(end.getKey(), 0L) >= end.getValue());
  }
}
