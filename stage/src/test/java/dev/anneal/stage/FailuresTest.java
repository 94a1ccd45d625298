package dev.anneal.stage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.schemas.SchemaRegistryException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.stream.Stream;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.kafka.KafkaException;

class FailuresTest {
  static Stream<Throwable> temporary() {
    return Stream.of(
        new TimeoutException("broker away"),
        new KafkaException("sending failed", new TimeoutException("broker away")),
        new SchemaRegistryException("away", true).retriable(),
        new IllegalStateException(new SQLTransientConnectionException("no connection")),
        new IllegalStateException(new SQLException("shutting down", "57P01")),
        new IllegalStateException(new SQLException("disk full", "53100")),
        new IllegalStateException(new SQLException("a standby", "25006")),
        new QueryTimeoutException("slow"),
        new DataAccessResourceFailureException("no connection"),
        new UncheckedIOException(new IOException("disk away")));
  }

  @ParameterizedTest
  @MethodSource("temporary")
  void whatIsAwayComesBack(Throwable failure) {
    assertThat(Failures.isTemporary(failure)).isTrue();
  }

  static Stream<Throwable> lasting() {
    return Stream.of(
        new RejectedRecord("invalid-request", "no"),
        new RejectedRecord("invalid-request", "no").initCause(new IOException("inside")),
        new SerializationException("no Avro", new IOException("end of file")),
        new SchemaRegistryException("unknown id", false),
        new RecordTooLargeException("1.2 MB"),
        new DataIntegrityViolationException(
            "invalid byte sequence", new SQLException("0x00", "22021")),
        new DataAccessResourceFailureException(
            "index row too large", new SQLException("8,200 bytes", "54000")),
        new IllegalStateException(new SQLException("no state", (String) null)),
        new NullPointerException());
  }

  @ParameterizedTest
  @MethodSource("lasting")
  void whatIsWrongStaysWrong(Throwable failure) {
    assertThat(Failures.isTemporary(failure)).isFalse();
  }
}
