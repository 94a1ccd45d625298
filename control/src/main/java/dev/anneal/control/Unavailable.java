package dev.anneal.control;

import dev.anneal.schemas.SchemaRegistryException;
import dev.anneal.stage.Failures;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/// Answers 503 where a server that a call needs is away; whoever called tries again.
@RestControllerAdvice
final class Unavailable {
  /// Of any route: the database is away, or the failure is an error of ours.
  @ExceptionHandler({DataAccessException.class, TransactionException.class})
  Refused database(RuntimeException failure) {
    if (!Failures.isTemporary(failure)) {
      throw failure;
    }
    return Refused.unavailable("database-unavailable", "the database does not answer");
  }

  /// Of what could not be published: Kafka is away, or the registry where a kind of event has never
  /// been published before.
  static Refused publishing(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SchemaRegistryException) {
        return Refused.unavailable("registry-unavailable", "the schema registry does not answer");
      }
    }
    return kafka();
  }

  static Refused kafka() {
    return Refused.unavailable("kafka-unavailable", "Kafka does not answer");
  }
}
