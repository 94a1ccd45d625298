package dev.anneal.deployer;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Which partitions stand still: rows wait, and the position has been the same in so many looks in
/// a row. Looks are counted and not time, so that a process which was stopped itself, and finds all
/// as it left it, takes nothing for standing.
final class StandingPartitions {
  /// What is known of a partition after a look.
  enum Motion {
    /// It has moved on since the look before, or nothing waits.
    MOVES,
    /// Rows wait, and it is too early to judge.
    UNCERTAIN,
    STANDS
  }

  private record Seen(long position, int looks) {}

  private final int looks;
  private Map<String, Seen> seen = Map.of();

  /// @param looks after the first at a position, all of which found it
  StandingPartitions(int looks) {
    this.looks = looks;
  }

  /// @param all partitions there are now; of the others nothing is kept
  Map<PartitionProgress, Motion> look(List<PartitionProgress> all) {
    var motions = new HashMap<PartitionProgress, Motion>();
    var next = new HashMap<String, Seen>();
    for (var progress : all) {
      Seen last = seen.get(progress.partition());
      var now = next(last, progress);
      next.put(progress.partition(), now);
      boolean moves = progress.waiting() == 0 || (last != null && now.looks() == 0);
      motions.put(progress, moves ? Motion.MOVES : motion(now));
    }
    seen = next;
    return motions;
  }

  private static Seen next(@Nullable Seen last, PartitionProgress progress) {
    return last == null || last.position() != progress.position() || progress.waiting() == 0
        ? new Seen(progress.position(), 0)
        : new Seen(progress.position(), last.looks() + 1);
  }

  private Motion motion(Seen now) {
    return now.looks() >= looks ? Motion.STANDS : Motion.UNCERTAIN;
  }
}
