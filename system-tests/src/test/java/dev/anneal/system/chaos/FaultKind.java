package dev.anneal.system.chaos;

/// What goes wrong.
enum FaultKind {
  /// `kill -9` of the JVM and all its children at once.
  KILL_EVERYTHING,
  /// `kill -9` of the JVM; PostgreSQL and the registry live on.
  KILL_ANNEAL,
  KILL_POSTGRES,
  KILL_REGISTRY,
  KILL_TRAINING,
  /// SIGSTOP, later SIGCONT.
  STOP_EVERYTHING,
  STOP_POSTGRES,
  STOP_REGISTRY,
  /// The JVM halts at a fail point.
  FAIL_POINT,
  /// `kill -9` of everything, twice: the second time while it starts again.
  KILL_AT_START,
  /// `kill -9` of everything while the very first start goes on.
  KILL_AT_FIRST_START,
  /// The file system of the data directory is full for a while.
  FILL_DISK,
  /// The clock jumps ahead or back and returns later.
  MOVE_CLOCK,
  /// Everything is killed, the data directory gets another name.
  MOVE_DIRECTORY;

  /// Whether it leaves the JVM alive, which has to recover by itself.
  boolean isOfChild() {
    return switch (this) {
      case KILL_POSTGRES, KILL_REGISTRY, KILL_TRAINING, STOP_POSTGRES, STOP_REGISTRY -> true;
      default -> false;
    };
  }

  boolean waitsForMoment() {
    return switch (this) {
      case KILL_TRAINING, FAIL_POINT, KILL_AT_FIRST_START, FILL_DISK, MOVE_CLOCK -> false;
      default -> true;
    };
  }
}
