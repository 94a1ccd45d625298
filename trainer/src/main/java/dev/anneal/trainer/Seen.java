package dev.anneal.trainer;

/// Whether an id was seen before in its organization.
sealed interface Seen {
  record Never() implements Seen {}

  /// It is delivered again, or was sent twice: nothing to do.
  record Before() implements Seen {}

  /// A mistake of the client: the id belongs to another model.
  record OfOther(String model) implements Seen {}
}
