package dev.anneal.system.chaos;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// Commits numbered rows of its own assets and notes what was acknowledged. Where a commit's
/// outcome is not known the table is asked.
final class RowWriter implements Runnable {
  private static final int LARGEST_BATCH = 10;
  private static final int LONGEST_PAUSE_MILLIS = 400;
  private static final long RETRY_MILLIS = 500;

  /// Rows have the writer in front of their number.
  private static final long NUMBERS = 1_000_000_000;

  private final Plant plant;
  private final int writer;
  private final int writers;
  private final Supplier<Addresses> addresses;
  private final Journal journal;
  private final Random random;
  private final long[] written = new long[Plant.ASSETS];
  private long next;

  /// @param writer from 0
  RowWriter(
      Plant plant,
      int writer,
      int writers,
      Supplier<Addresses> addresses,
      Journal journal,
      Random random) {
    this.plant = plant;
    this.writer = writer;
    this.writers = writers;
    this.addresses = addresses;
    this.journal = journal;
    this.random = random;
    this.next = (writer + 1) * NUMBERS;
  }

  @Override
  public void run() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        write(batch());
        Thread.sleep(random.nextInt(LONGEST_PAUSE_MILLIS));
      }
    } catch (InterruptedException _) {
      // the end
    }
  }

  private List<Plant.Row> batch() {
    var rows = new ArrayList<Plant.Row>();
    int size = 1 + random.nextInt(LARGEST_BATCH);
    for (int i = 0; i < size; i++) {
      int asset = writer + writers * random.nextInt(Plant.ASSETS / writers);
      rows.add(plant.live(next++, asset, written[asset]++, random));
    }
    return rows;
  }

  private void write(List<Plant.Row> rows) throws InterruptedException {
    while (!isStored(rows)) {
      Thread.sleep(RETRY_MILLIS);
    }
    journal.append(
        rows.stream().map(r -> Long.toString(r.number())).collect(Collectors.joining(" ")));
  }

  /// Whether the rows are in the table for certain.
  private boolean isStored(List<Plant.Row> rows) {
    try (var connection = DriverManager.getConnection(addresses.get().jdbcUrl(Plant.DATABASE))) {
      connection.setAutoCommit(false);
      if (!isThere(connection, rows.getFirst())) {
        Plant.insert(connection, rows);
        connection.commit();
      }
      return true;
    } catch (SQLException _) {
      return false; // not known: the next try looks first
    }
  }

  private static boolean isThere(Connection connection, Plant.Row row) throws SQLException {
    try (var statement = connection.prepareStatement("select 1 from readings where number = ?")) {
      statement.setLong(1, row.number());
      return statement.executeQuery().next();
    }
  }
}
