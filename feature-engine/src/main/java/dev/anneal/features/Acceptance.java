package dev.anneal.features;

/// What became of a row that was handed to [AssetFeatures].
public enum Acceptance {
  /// The newest row now.
  ACCEPTED,

  /// Neither its event time nor its source position is new: delivered again.
  DUPLICATE,

  /// Newly written at the source, but not newer than what was seen in event time.
  LATE
}
