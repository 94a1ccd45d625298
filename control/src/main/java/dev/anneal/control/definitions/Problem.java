package dev.anneal.control.definitions;

/// One thing wrong with a document.
///
/// @param path where, e.g. `models[0].drift.cooldown`; empty for the document as a whole
public record Problem(String path, String message) {
  @Override
  public String toString() {
    return path.isEmpty() ? message : path + ": " + message;
  }
}
