package dev.anneal.system.chaos;

import dev.anneal.stage.FailPoint;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Makes faults happen and brings the system back as an operator would: `up` again where it has
/// ended. What it cannot bring back by itself is a violation.
final class Injector {
  private static final long FAIL_POINT_SECONDS = 90;
  private static final long RECOVERY_SECONDS = 180;
  private static final int STARTS = 3;

  /// Until the end of a killed process is seen.
  private static final long END_SECONDS = 60;

  private final Site site;
  private final @Nullable Disk disk;
  private final Health health;
  private final Moments moments;
  private final PlantDefinition definition;
  private final List<String> violations = new ArrayList<>();

  Injector(
      Site site, @Nullable Disk disk, Health health, Moments moments, PlantDefinition definition) {
    this.site = site;
    this.disk = disk;
    this.health = health;
    this.moments = moments;
    this.definition = definition;
  }

  /// Starts that failed and faults that had to be helped with.
  List<String> violations() {
    return List.copyOf(violations);
  }

  /// The first start, killed where that is the fault.
  void startFirst(@Nullable Fault fault) throws IOException, InterruptedException {
    if (fault != null) {
      site.launch();
      site.awaitEnd(0);
      Thread.sleep(fault.delayMillis());
      site.killEverything();
    }
    start("the first start");
  }

  /// @return what happened, for the report
  String inject(Fault fault) throws IOException, InterruptedException {
    if (!site.isAlive()) {
      violations.add("ended by itself before %s: %s".formatted(fault, site.lastLine()));
      start("the start before " + fault.kind());
    }
    boolean isMet = moments.await(fault);
    Thread.sleep(fault.delayMillis());
    String note =
        switch (fault.kind()) {
          case KILL_EVERYTHING, KILL_AT_FIRST_START -> kill(_ -> true);
          case KILL_ANNEAL -> kill(Processes.Found::isAnneal);
          case KILL_POSTGRES -> kill(Processes.Found::isPostgres);
          case KILL_REGISTRY -> kill(Processes.Found::isRegistry);
          case KILL_TRAINING -> kill(Processes.Found::isTraining);
          case STOP_EVERYTHING -> stop(fault, _ -> true);
          case STOP_POSTGRES -> stop(fault, Processes.Found::isPostgres);
          case STOP_REGISTRY -> stop(fault, Processes.Found::isRegistry);
          case FAIL_POINT -> failPoint(fault);
          case KILL_AT_START -> killAtStart(fault);
          case FILL_DISK -> fillDisk(fault);
          case MOVE_CLOCK -> moveClock(fault);
          case MOVE_DIRECTORY -> moveDirectory();
        };
    recover(fault);
    return isMet ? note : note + " (its moment did not come)";
  }

  private String kill(Predicate<Processes.Found> which) throws InterruptedException {
    var found = site.processes().matching(which);
    site.processes().kill(which);
    if (found.stream().anyMatch(Processes.Found::isAnneal)) {
      site.awaitEnd(END_SECONDS);
    }
    return found.size() + " processes";
  }

  private String stop(Fault fault, Predicate<Processes.Found> which) throws InterruptedException {
    int count = site.processes().matching(which).size();
    site.processes().stopFor(fault.lastsMillis(), which);
    return count + " processes";
  }

  /// Starts again with the point armed and asks for trainings until it is hit.
  private String failPoint(Fault fault) throws IOException, InterruptedException {
    kill(_ -> true);
    site.launch("-D%s=%s@%d".formatted(FailPoint.PROPERTY, fault.point().id(), fault.hit()));
    if (site.awaitReady()) {
      redefine();
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(FAIL_POINT_SECONDS);
      while (site.isAlive() && System.nanoTime() < end) {
        site.awaitEnd(1);
      }
    }
    if (!site.isAlive()) {
      return "reached";
    }
    kill(_ -> true); // else it is reached later
    return "not reached";
  }

  /// Some points are reached by a change of the definition only.
  private void redefine() {
    try {
      definition.apply();
    } catch (IOException _) {
      // halted at a point before it could answer
    }
  }

  private String killAtStart(Fault fault) throws IOException, InterruptedException {
    kill(_ -> true);
    site.launch();
    Thread.sleep(fault.delayMillis());
    return kill(_ -> true);
  }

  private String fillDisk(Fault fault) throws IOException, InterruptedException {
    if (disk == null) {
      return "skipped: nothing is mounted";
    }
    disk.fill();
    Thread.sleep(fault.lastsMillis());
    disk.free();
    return site.isAlive() ? "up lives on" : "up ended";
  }

  private String moveClock(Fault fault) throws IOException, InterruptedException {
    site.moveClock(fault.clock());
    Thread.sleep(fault.lastsMillis());
    site.moveClock(FakeClock.TRUE_TIME);
    if (!site.awaitEnd(END_SECONDS)) { // either move set the clock back
      violations.add("went on %d s after %s".formatted(END_SECONDS, fault));
    }
    return "up ended";
  }

  private String moveDirectory() throws IOException, InterruptedException {
    kill(_ -> true);
    site.moveDirectory();
    return "to " + site.dataDirectory().getFileName();
  }

  private void recover(Fault fault) throws IOException, InterruptedException {
    if (!site.isAlive()) {
      start("the start after " + fault.kind());
      return;
    }
    String trouble = health.awaitGood(RECOVERY_SECONDS);
    if (!trouble.isEmpty()) {
      violations.add("not back %d s after %s: %s".formatted(RECOVERY_SECONDS, fault, trouble));
      site.killEverything();
      start("the start after " + fault.kind());
    }
  }

  private void start(String which) throws IOException, InterruptedException {
    for (int i = 0; i < STARTS; i++) {
      site.launch();
      if (site.awaitReady()) {
        definition.followPort();
        return;
      }
      violations.add("%s failed: %s".formatted(which, site.lastLine()));
      site.killEverything();
    }
    throw new IOException("%s failed %d times: %s".formatted(which, STARTS, site.lastLine()));
  }
}
