package dev.anneal.schemas;

/// A program that reads and writes topics; [#CLIENT] is anybody outside.
public enum Stage {
  INGEST,
  FEATURE_STREAM,
  TRAINER,
  DEPLOYER,
  NOTIFIER,
  CONTROL,
  CLIENT;

  /// The name in topics, consumer groups, metrics and logs: `feature-stream`.
  public String id() {
    return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
  }

  /// Of the consumers that read what this stage processes; of several groups, how each begins.
  public String groupId() {
    return "anneal-" + id();
  }
}
