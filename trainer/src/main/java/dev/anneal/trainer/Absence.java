package dev.anneal.trainer;

import dev.anneal.schemas.SchemaRegistryException;
import dev.anneal.stage.Failures;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.errors.RetriableException;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/// Which server was away when a training failed. Such a failure says nothing of the training.
final class Absence {
  static final String KAFKA = "kafka-unavailable";
  private static final String REGISTRY = "registry-unavailable";
  private static final String DATABASE = "database-unavailable";

  /// Of failures that do not use up a run's attempts.
  static final Set<String> CODES = Set.of(KAFKA, REGISTRY, DATABASE);

  private Absence() {}

  /// @return empty where the failure is another one
  static Optional<String> code(Throwable failure) {
    if (!Failures.isTemporary(failure)) {
      return Optional.empty();
    }
    Optional<String> code = Optional.empty();
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      switch (cause) {
        case SchemaRegistryException _ -> {
          return Optional.of(REGISTRY); // Kafka's serializers wrap it in a failure of Kafka's
        }
        case RetriableException _ -> code = Optional.of(KAFKA);
        case DataAccessException _, TransactionException _ -> code = Optional.of(DATABASE);
        default -> {}
      }
    }
    return code;
  }
}
