package dev.anneal.standalone.demo;

import dev.anneal.standalone.demo.ScadaDatabase.Row;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// NASA's turbofan run-to-failure data as a plant: 25 test beds run engine after engine, a cycle an
/// hour. First the engines of FD001 (one fault mode), then those of FD003, whose fans fail too: the
/// process change. The end of a run is a failure an hour after its last cycle, so "within 30 h"
/// means within 30 cycles.
final class CmapssFeed implements Feed {
  static final String ORGANIZATION = "nasa";
  private static final Duration HISTORY = Duration.ofDays(21);
  private static final int BEDS = 25;
  private static final Duration CYCLE = Duration.ofHours(1);
  private static final int HOURS_BETWEEN_ENGINES = 12;

  private static final Plant.Table CYCLES =
      new Plant.Table(
          "engine_cycles",
          "create table if not exists engine_cycles (id bigint generated always as identity primary key, engine text"
              + " not null, at timestamptz not null, "
              + String.join(", ", sensors().map(s -> s + " double precision").toList())
              + ")",
          Stream.concat(Stream.of("engine", "at"), sensors()).toList());
  private static final Plant.Table FAILURES =
      new Plant.Table(
          "engine_failures",
          "create table if not exists engine_failures (id bigint generated always as identity primary key, engine text"
              + " not null, at timestamptz not null)",
          List.of("engine", "at"));

  private final ScadaServer server;
  private final ScadaDatabase database;
  private final List<Row> cycles = new ArrayList<>();
  private final List<Row> failures = new ArrayList<>();
  private final Instant change;
  private Progress progress;
  private @Nullable Instant newestRow;

  CmapssFeed(CmapssData data, ScadaServer server, Instant start) throws SQLException {
    this.server = server;
    this.database = new ScadaDatabase(server.jdbcUrl(ORGANIZATION));
    database.create(CYCLES);
    database.create(FAILURES);
    this.progress = database.progress(new Progress(start, start, null));
    this.change = schedule(data.oneFaultMode(), progress.started());
    schedule(data.twoFaultModes(), change);
    cycles.sort(Comparator.comparing(Row::time).thenComparing(Row::asset));
    failures.sort(Comparator.comparing(Row::time).thenComparing(Row::asset));
    forget(progress.written());
  }

  private static Stream<String> sensors() {
    return IntStream.rangeClosed(1, CmapssData.SENSORS).mapToObj("s%d"::formatted);
  }

  /// Puts each engine on the bed that is free first.
  ///
  /// @return when the last engine starts
  private Instant schedule(Map<String, List<double[]>> engines, Instant start) {
    var free = new Instant[BEDS];
    // beds do not start together: the fleet has engines of every age at any time
    Arrays.setAll(free, bed -> start.plus(CYCLE.multipliedBy(bed * 8L)));
    Instant lastStart = start;
    for (var engine : engines.entrySet()) {
      int bed =
          IntStream.range(0, BEDS).boxed().min(Comparator.comparing(b -> free[b])).orElseThrow();
      lastStart = free[bed];
      Instant at = lastStart;
      for (double[] values : engine.getValue()) {
        at = at.plus(CYCLE);
        List<Object> row = Arrays.stream(values).<Object>mapToObj(v -> v).toList();
        cycles.add(new Row(engine.getKey(), at, row));
      }
      failures.add(new Row(engine.getKey(), at.plus(CYCLE), List.of()));
      free[bed] = at.plus(CYCLE.multipliedBy(HOURS_BETWEEN_ENGINES));
    }
    return lastStart;
  }

  private void forget(Instant written) {
    cycles.removeIf(r -> !r.time().isAfter(written));
    failures.removeIf(r -> !r.time().isAfter(written));
  }

  @Override
  public String organization() {
    return ORGANIZATION;
  }

  @Override
  public String definition() {
    return """
        organization: nasa
        scadaDbConfig: {host: 127.0.0.1, port: %d, database: nasa, user: postgres, passwordFile: scada-password, schema: public, tables: ["engine_cycles"]}
        schemaConfig:
          assetColumn: engine
          timeColumn: at
          continuousColumns: [s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, s12, s13, s14, s15, s16, s17, s18, s19, s20, s21]
          columnMapping: {s2: t24, s3: t30, s4: t50, s7: p30, s8: nf, s9: nc, s11: ps30, s12: phi, s13: nrf, s14: nrc, s15: bpr, s17: bleed, s20: w31, s21: w32}
          lagSeconds: [72000]
          rollingWindows: [10, 30]
          outcomes: {table: engine_failures, assetColumn: engine, timeColumn: at}
        models:
          - name: engine-failure
            task: binary
            target: {failureWithin: 30h}
            features: [t24, t30, t50, p30, nf, nc, ps30, phi, nrf, nrc, bpr, bleed, w31, w32]
            thresholds: {failureProbability: 0.85, confidenceThreshold: 0.7}
            hyperparameters: {numLeaves: 31, learningRate: 0.1, numIterations: 100}
            drift: {cooldown: 7d, minimumLabels: 200, initialHistory: 20d}
        """
        .formatted(server.port());
  }

  @Override
  public Instant time() {
    return progress.written();
  }

  @Override
  public Instant newestRow() {
    return newestRow == null ? time() : newestRow;
  }

  @Override
  public void writeUntil(Instant time) throws SQLException {
    cycles.stream()
        .map(Row::time)
        .takeWhile(t -> !t.isAfter(time))
        .max(Comparator.naturalOrder())
        .ifPresent(newest -> newestRow = newest);
    database.insert(CYCLES, cycles.stream().takeWhile(r -> !r.time().isAfter(time)).toList());
    database.insert(FAILURES, failures.stream().takeWhile(r -> !r.time().isAfter(time)).toList());
    progress = progress.writtenTo(time);
    database.commit(progress);
    forget(time);
  }

  @Override
  public Instant historyEnd() {
    return progress.started().plus(HISTORY);
  }

  /// Comes by itself, with the engines of FD003.
  @Override
  public Instant changeAfter(Instant earliest) {
    return change;
  }

  @Override
  public @Nullable Instant changed() {
    return progress.changed();
  }

  @Override
  public String change() {
    return "the engines of FD003 come, whose fans fail too";
  }

  @Override
  public void changeProcess() throws SQLException {
    progress = progress.changedAt(change);
    database.commit(progress);
  }

  @Override
  public boolean exhausted() {
    return cycles.isEmpty();
  }

  @Override
  public void close() throws SQLException {
    database.close();
  }
}
