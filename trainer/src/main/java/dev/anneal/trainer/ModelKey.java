package dev.anneal.trainer;

import dev.anneal.schemas.Topics;

/// Which model. Made of what a client wrote, so the names may be anything until a definition is
/// found for them.
record ModelKey(String organization, String model) {
  /// The record key: `acme/pump-failure`.
  @Override
  public String toString() {
    return Topics.modelKey(organization, model);
  }
}
