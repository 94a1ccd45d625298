package dev.anneal.trainer;

/// Told how far an attempt is.
interface Progress {
  void at(String phase, long done, long total);
}
