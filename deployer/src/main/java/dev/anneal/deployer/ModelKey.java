package dev.anneal.deployer;

import dev.anneal.schemas.Topics;

/// One model of one organization.
record ModelKey(String organization, String model) {
  /// Key of the model's records.
  @Override
  public String toString() {
    return Topics.modelKey(organization, model);
  }
}
