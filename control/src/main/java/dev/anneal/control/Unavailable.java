package dev.anneal.control;

import dev.anneal.schemas.SchemaRegistryException;
import dev.anneal.stage.web.ApiProblem;

/// Answers where a server that a call needs is away; whoever called tries again.
final class Unavailable {
  private Unavailable() {}

  /// Of what could not be published: Kafka is away, or the registry where a kind of event has never
  /// been published before.
  static ApiProblem publishing(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SchemaRegistryException) {
        return ApiProblem.unavailable(
            "registry-unavailable", "the schema registry does not answer");
      }
    }
    return kafka();
  }

  static ApiProblem kafka() {
    return ApiProblem.unavailable("kafka-unavailable", "Kafka does not answer");
  }
}
