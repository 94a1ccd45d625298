package dev.anneal.system.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/// One seed: a new data directory, load on it, its faults one after the other, then the check.
final class ChaosRun {
  private static final int WRITERS = 2;
  private static final long QUIET_MILLIS = 1_500;
  private static final long COUNT_MILLIS = 3_000;

  /// What is on its way has to move at least so often: longer than a run waits after an absence.
  private static final long STANDSTILL_SECONDS = 330;

  private final long seed;
  private final List<Fault> faults;
  private final ChaosReport report;
  private final Site site;
  private final @Nullable Disk disk;
  private final Plant plant = Plant.of(Instant.now());
  private final Journal rows;
  private final Journal requests;
  private final List<Thread> load = new ArrayList<>();

  /// @param disk the data directory is on it; null: beside the logs
  ChaosRun(
      long seed,
      List<Fault> faults,
      Path directory,
      @Nullable Disk disk,
      @Nullable FakeClock clock,
      ChaosReport report) {
    this.seed = seed;
    this.faults = faults;
    this.report = report;
    this.disk = disk;
    this.site = new Site(directory, disk == null ? directory : disk.directory(), clock);
    this.rows = new Journal(directory.resolve("rows.journal"));
    this.requests = new Journal(directory.resolve("requests.journal"));
  }

  /// @return what was wrong; empty: nothing
  List<String> run() throws IOException, InterruptedException {
    report.begin(seed);
    var violations = new ArrayList<String>();
    Figures figures = Figures.NONE;
    long settling = 0;
    try {
      var definition = new PlantDefinition(site);
      var client =
          new RequestClient("seed-" + seed, site::addresses, requests, new Random(seed + 1));
      var injector =
          new Injector(site, disk, new Health(site), new Moments(site, client), definition);
      try {
        inject(injector, definition, client);
      } finally {
        stopLoad();
        violations.addAll(injector.violations());
      }
      var checker = new Checker(site, rows, requests);
      long start = System.nanoTime();
      figures = settle(checker);
      settling = millisSince(start);
      violations.addAll(checker.examples());
      violations.addAll(figures.violations());
      violations.addAll(Inspection.of(site));
      site.stop().forEach(p -> violations.add("orphan %d: %s".formatted(p.pid(), p.command())));
    } catch (IOException | SQLException | RuntimeException e) {
      violations.add("ended early: " + e);
    } finally {
      site.killEverything();
      report.seed(seed, figures, violations, settling);
      if (disk != null && !violations.isEmpty()) {
        site.keepData(); // the disk goes with the run
      }
    }
    return violations;
  }

  private void inject(Injector injector, PlantDefinition definition, RequestClient client)
      throws IOException, InterruptedException, SQLException {
    var first = faults.stream().filter(f -> f.kind() == FaultKind.KILL_AT_FIRST_START).findFirst();
    long start = System.nanoTime();
    injector.startFirst(first.orElse(null));
    first.ifPresent(fault -> report.fault(seed, fault, "", millisSince(start)));
    definition.create();
    startLoad(client);
    for (var fault : faults) {
      if (fault.kind() != FaultKind.KILL_AT_FIRST_START) {
        long begin = System.nanoTime();
        String note = injector.inject(fault);
        report.fault(seed, fault, note, millisSince(begin));
        Thread.sleep(QUIET_MILLIS);
      }
    }
  }

  private static long millisSince(long nanos) {
    return (System.nanoTime() - nanos) / 1_000_000;
  }

  private void startLoad(RequestClient client) throws SQLException {
    try (var connection = DriverManager.getConnection(site.addresses().jdbcUrl(Plant.DATABASE))) {
      connection.setAutoCommit(false);
      var history = plant.history(new Random(seed));
      Plant.insert(connection, history);
      plant.insertFailures(connection);
      connection.commit();
      rows.append(
          history.stream().map(r -> Long.toString(r.number())).collect(Collectors.joining(" ")));
    }
    for (int i = 0; i < WRITERS; i++) {
      var random = new Random(seed + 10 + i);
      var writer = new RowWriter(plant, i, WRITERS, site::addresses, rows, random);
      load.add(Thread.ofPlatform().daemon().name("writer-" + i).start(writer));
    }
    load.add(Thread.ofPlatform().daemon().name("client").start(client));
  }

  private void stopLoad() throws InterruptedException {
    load.forEach(Thread::interrupt);
    for (var thread : load) {
      thread.join();
    }
  }

  /// Counts until nothing is on its way, or nothing moves; then once more, since what comes twice
  /// may come late.
  private Figures settle(Checker checker) throws InterruptedException, SQLException {
    var seen = new ArrayList<Figures>();
    long progress = System.nanoTime();
    while (System.nanoTime() - progress < STANDSTILL_SECONDS * 1_000_000_000L) {
      try {
        var now = checker.count();
        boolean isNew = seen.isEmpty() || !now.equals(seen.getLast());
        if (!isNew && now.isSettled()) {
          return now;
        }
        if (isNew) {
          seen.add(now);
          progress = System.nanoTime();
        }
      } catch (SQLException | KafkaException e) {
        System.out.println("seed " + seed + ": cannot count: " + e.getMessage());
      }
      Thread.sleep(COUNT_MILLIS);
    }
    site.processes().printThreads(Processes.Found::isAnneal); // into its log: why it stands still
    return checker.count();
  }

  /// Keeps logs and journals, removes the rest.
  void removeData() throws IOException {
    if (Files.exists(site.dataDirectory())) {
      try (var files = Files.walk(site.dataDirectory())) {
        for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(file);
        }
      }
    }
  }
}
