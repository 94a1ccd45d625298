package dev.anneal.bench;

/// How much is measured.
public enum Scale {
  /// Under a minute: fewer rows, one round, fewer peers.
  QUICK,
  FULL;

  public int choose(int quick, int full) {
    return this == QUICK ? quick : full;
  }
}
