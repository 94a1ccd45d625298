package dev.anneal.standalone.demo;

import dev.anneal.standalone.demo.ScadaDatabase.Row;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Writes a simulated [Plant] into its database, from where an earlier run stopped.
final class PlantFeed implements Feed {
  private static final Duration HISTORY = Duration.ofDays(28);
  private static final int ROWS_PER_TRANSACTION = 5_000;

  private final Plant plant;
  private final ScadaServer server;
  private final ScadaDatabase database;
  private final Simulation simulation;
  private Progress progress;
  private @Nullable Instant newestRow;

  /// @param start event time of the first row, where the database is new
  PlantFeed(Plant plant, ScadaServer server, Instant start) throws SQLException {
    this.plant = plant;
    this.server = server;
    this.database = new ScadaDatabase(server.jdbcUrl(plant.organization()));
    database.create(plant.readings());
    database.create(plant.outcomes());
    this.progress = database.progress(new Progress(start, start, null));
    this.simulation = new Simulation(plant, progress.started());
    var changed = progress.changed();
    if (changed != null) {
      simulation.changeProcessAt(changed);
    }
    while (simulation.time().isBefore(progress.written())) {
      simulation.next(); // written by an earlier run
    }
  }

  @Override
  public String organization() {
    return plant.organization();
  }

  @Override
  public String definition() {
    return plant.applied(server);
  }

  @Override
  public Instant time() {
    return simulation.time();
  }

  @Override
  public Instant newestRow() {
    return newestRow == null ? time() : newestRow;
  }

  @Override
  public void writeUntil(Instant time) throws SQLException {
    var measurements = new ArrayList<Row>();
    var failures = new ArrayList<Row>();
    while (simulation.time().isBefore(time)) {
      var rows = simulation.next();
      rows.measurements()
          .forEach(
              m ->
                  measurements.add(
                      new Row(m.asset(), m.time(), plant.units().values(m.reading()))));
      rows.measurements().forEach(m -> newestRow = later(newestRow, m.time()));
      rows.failures().forEach(f -> failures.add(new Row(f.asset(), f.time(), List.of())));
      if (measurements.size() >= ROWS_PER_TRANSACTION) {
        commit(measurements, failures);
      }
    }
    commit(measurements, failures);
  }

  private static Instant later(@Nullable Instant one, Instant other) {
    return one == null || other.isAfter(one) ? other : one;
  }

  private void commit(List<Row> measurements, List<Row> failures) throws SQLException {
    database.insert(plant.readings(), measurements);
    database.insert(plant.outcomes(), failures);
    progress = progress.writtenTo(simulation.time());
    database.commit(progress);
    measurements.clear();
    failures.clear();
  }

  @Override
  public Instant historyEnd() {
    return progress.started().plus(HISTORY);
  }

  @Override
  public Instant changeAfter(Instant earliest) {
    return earliest;
  }

  @Override
  public @Nullable Instant changed() {
    return progress.changed();
  }

  @Override
  public String change() {
    return "a heavier product, and now the seals wear";
  }

  @Override
  public void changeProcess() throws SQLException {
    progress = progress.changedAt(simulation.time());
    simulation.changeProcessAt(simulation.time());
    database.commit(progress);
  }

  @Override
  public boolean exhausted() {
    return false;
  }

  @Override
  public void close() throws SQLException {
    database.close();
  }
}
