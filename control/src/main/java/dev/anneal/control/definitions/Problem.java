package dev.anneal.control.definitions;

import java.util.List;

/// One thing wrong with a document.
///
/// @param path where, e.g. `models[0].drift.cooldown`; empty for the document as a whole
public record Problem(String path, String message) {
  /// Problems that are collected: more than a person reads, and a document of wrong keys alone is
  /// not answered with a hundred times its size.
  public static final int MOST = 100;

  void addTo(List<Problem> problems) {
    if (!isEnough(problems)) {
      problems.add(this);
    }
  }

  static boolean isEnough(List<Problem> problems) {
    return problems.size() >= MOST;
  }

  @Override
  public String toString() {
    return path.isEmpty() ? message : path + ": " + message;
  }
}
