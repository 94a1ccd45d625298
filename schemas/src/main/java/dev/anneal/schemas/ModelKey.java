package dev.anneal.schemas;

/// One model of one organization. May be made of what a client wrote, so the names may be anything
/// until a definition is found for them.
public record ModelKey(String organization, String model) {
  /// The model of a key that is, or begins with, a model's: `acme/pump-failure/19000`. One without
  /// a slash is no model's: its model has no name.
  public static ModelKey at(String key) {
    String[] parts = key.split("/", 3);
    return new ModelKey(parts[0], parts.length > 1 ? parts[1] : "");
  }

  /// The key of the model's records: `acme/pump-failure`.
  @Override
  public String toString() {
    return organization + "/" + model;
  }
}
