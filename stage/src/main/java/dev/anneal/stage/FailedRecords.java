package dev.anneal.stage;

import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.springframework.kafka.listener.AcknowledgingMessageListener;
import org.springframework.kafka.listener.BatchListenerFailedException;
import org.springframework.kafka.listener.BatchMessageListener;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.util.backoff.BackOff;
import org.springframework.util.backoff.ExponentialBackOff;
import org.springframework.util.backoff.FixedBackOff;

/// What becomes of records whose handler fails, so that one record never stops a partition: while
/// the failure is temporary ([Failures]) they come again, else they are dead letters.
final class FailedRecords {
  private static final long FIRST_BACKOFF_MILLIS = 200;
  private static final long LONGEST_BACKOFF_MILLIS = 10_000;

  /// What is neither known to be temporary nor a [RejectedRecord] is a fault of the program; it may
  /// be one of an instant.
  private static final int TRIES_OF_A_FAULT = 3;

  private final DeadLetters deadLetters;
  private final RetryAlerts alerts;

  FailedRecords(DeadLetters deadLetters, RetryAlerts alerts) {
    this.deadLetters = deadLetters;
    this.alerts = alerts;
  }

  /// @param rejected gets each record whose dead letter is stored
  DefaultErrorHandler errorHandler(Consumer<ConsumerRecord<String, byte[]>> rejected) {
    var handler =
        new DefaultErrorHandler(
            (record, failure) -> {
              @SuppressWarnings("unchecked") // every container here is of strings and bytes
              var bytes = (ConsumerRecord<String, byte[]>) record;
              reject(bytes, failure);
              rejected.accept(bytes);
              alerts.passed(place(bytes));
            },
            forever());
    handler.setBackOffFunction((_, failure) -> backOff(failure));
    return handler;
  }

  void reject(ConsumerRecord<String, byte[]> record, Throwable failure) {
    var rejection = DeadLetters.asRejection(failure);
    deadLetters.reject(record, rejection.code(), String.valueOf(rejection.getMessage()));
  }

  AcknowledgingMessageListener<String, byte[]> watched(
      AcknowledgingMessageListener<String, byte[]> listener) {
    return (record, acknowledgment) -> {
      String place = place(record);
      try {
        Failures.withoutOverflow(() -> listener.onMessage(record, acknowledgment));
      } catch (RuntimeException e) {
        retried(place, e);
        throw e;
      }
      alerts.passed(place);
      FailPoint.STAGE_RECORD_HANDLED.hit();
    };
  }

  /// A batch that fails for good is given to the listener record by record: only those that fail
  /// alone, too, are dead letters.
  BatchMessageListener<String, byte[]> watched(BatchMessageListener<String, byte[]> listener) {
    return records -> {
      if (records.isEmpty()) {
        return;
      }
      String place = place(records.getFirst());
      try {
        applyOrReject(listener, records);
      } catch (RuntimeException e) {
        retried(place, e);
        // names the first record: Spring then reads the batch again, as it does single records; a
        // batch without a culprit it retries in a loop that a stop has to wait for
        throw new BatchListenerFailedException("the batch comes again", e, records.getFirst());
      }
      alerts.passed(place);
      FailPoint.STAGE_BATCH_HANDLED.hit();
    };
  }

  private void applyOrReject(
      BatchMessageListener<String, byte[]> listener, List<ConsumerRecord<String, byte[]>> records) {
    try {
      Failures.withoutOverflow(() -> listener.onMessage(records));
    } catch (RuntimeException e) {
      if (Failures.isTemporary(e)) {
        throw e;
      }
      if (records.size() == 1) {
        reject(records.getFirst(), e);
        return;
      }
      records.forEach(record -> applyOrReject(listener, List.of(record)));
    }
  }

  private void retried(String place, RuntimeException failure) {
    if (Failures.isTemporary(failure)) {
      alerts.failed(place, failure);
    }
  }

  private static String place(ConsumerRecord<?, ?> record) {
    return record.topic() + "-" + record.partition();
  }

  private static BackOff backOff(Throwable failure) {
    if (Failures.isTemporary(failure)) {
      return forever();
    }
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof RejectedRecord || cause instanceof SerializationException) {
        return new FixedBackOff(0, 0);
      }
    }
    return new FixedBackOff(FIRST_BACKOFF_MILLIS, TRIES_OF_A_FAULT);
  }

  private static BackOff forever() {
    var backOff = new ExponentialBackOff(FIRST_BACKOFF_MILLIS, 2);
    backOff.setMaxInterval(LONGEST_BACKOFF_MILLIS);
    return backOff;
  }
}
