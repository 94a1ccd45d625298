package dev.anneal.standalone;

/// How a command that was published ended, as far as the lifecycle has told.
sealed interface Outcome {
  /// Its end is still to come.
  record Open() implements Outcome {}

  record Done() implements Outcome {}

  record Failed(String reason) implements Outcome {}
}
