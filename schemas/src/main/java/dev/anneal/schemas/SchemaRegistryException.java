package dev.anneal.schemas;

import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.SerializationException;

/// The registry's answer was not a schema or an id.
public final class SchemaRegistryException extends SerializationException {
  private final boolean transientFailure;

  public SchemaRegistryException(String message, boolean transientFailure, Throwable cause) {
    super(message, cause);
    this.transientFailure = transientFailure;
  }

  public SchemaRegistryException(String message, boolean transientFailure) {
    super(message);
    this.transientFailure = transientFailure;
  }

  /// Whether trying again can help: the registry was away or overloaded.
  public boolean isTransient() {
    return transientFailure;
  }

  /// This failure as one that Kafka clients try again.
  public RetriableException retriable() {
    return new RetriableException(getMessage(), this) {};
  }
}
