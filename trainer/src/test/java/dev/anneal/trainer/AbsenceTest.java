package dev.anneal.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.schemas.SchemaRegistryException;
import java.util.concurrent.CompletionException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.transaction.CannotCreateTransactionException;

class AbsenceTest {
  @Test
  void namesTheServerThatWasAway() {
    var registry = new SchemaRegistryException("the registry cannot be reached", true);

    assertThat(Absence.code(registry.retriable())).contains("registry-unavailable");
    assertThat(Absence.code(new CompletionException(registry.retriable())))
        .contains("registry-unavailable");
    assertThat(Absence.code(new TimeoutException("no broker"))).contains("kafka-unavailable");
    assertThat(Absence.code(new DataAccessResourceFailureException("no connection")))
        .contains("database-unavailable");
    assertThat(Absence.code(new CannotCreateTransactionException("no connection")))
        .contains("database-unavailable");
  }

  @Test
  void leavesFailuresThatWouldComeAgainToTheRunsAttempts() {
    assertThat(Absence.code(new SerializationException("damaged"))).isEmpty();
    assertThat(Absence.code(new SchemaRegistryException("unknown schema id 7", false))).isEmpty();
    assertThat(Absence.code(new TopicAuthorizationException("telemetry"))).isEmpty();
    assertThat(Absence.code(new KafkaException("a fault"))).isEmpty();
    assertThat(Absence.code(new DataIntegrityViolationException("twice"))).isEmpty();
    assertThat(Absence.code(new IllegalStateException("a bug"))).isEmpty();
  }
}
