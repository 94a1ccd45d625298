package dev.anneal.schemas;

/// One model of one organization. May be made of what a client wrote, so the names may be anything
/// until a definition is found for them.
public record ModelKey(String organization, String model) {
  /// The key of the model's records: `acme/pump-failure`.
  @Override
  public String toString() {
    return organization + "/" + model;
  }
}
