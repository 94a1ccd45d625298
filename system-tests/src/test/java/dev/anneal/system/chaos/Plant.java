package dev.anneal.system.chaos;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// A plant's database: every row has a number, which is a column of its own and goes through as a
/// sensor. Vibration rises before a failure, so that there is something to learn.
///
/// @param start event time of the first row
record Plant(Instant start) {
  static final String DATABASE = "plant";
  static final String ORGANIZATION = "chaos";
  static final String MODEL = "pump-failure";
  static final List<String> SENSORS = List.of("vibration", "load", "number");
  static final int ASSETS = 8;

  /// Younger than the month for which feature rows are kept, also with the clock 8 days ahead.
  private static final Duration HISTORY_AGE = Duration.ofDays(14);

  private static final Duration STEP = Duration.ofMinutes(30);
  private static final int HISTORY_ROWS = 480;
  private static final Duration WARNING = Duration.ofHours(24);
  private static final Duration BETWEEN_FAILURES = Duration.ofHours(60);
  private static final double LOUD = 6;

  /// @param asset from 0
  record Row(long number, int asset, Instant time, double vibration, double load) {}

  static Plant of(Instant now) {
    return new Plant(now.minus(HISTORY_AGE));
  }

  /// Makes database, tables and the user that Anneal reads with. Again: changes nothing.
  static void create(Addresses at, String user, String password) throws SQLException {
    try (var connection = DriverManager.getConnection(at.jdbcUrl("postgres"));
        var statement = connection.createStatement()) {
      if (!exists(connection, "select 1 from pg_database where datname = 'plant'")) {
        statement.execute("create database plant");
      }
      if (!exists(connection, "select 1 from pg_roles where rolname = '%s'".formatted(user))) {
        statement.execute(
            "create role %s login superuser replication password '%s'".formatted(user, password));
      }
    }
    try (var connection = DriverManager.getConnection(at.jdbcUrl(DATABASE));
        var statement = connection.createStatement()) {
      statement.execute(
          "create table if not exists readings (number bigint primary key, asset text not null,"
              + " ts timestamptz not null, vibration double precision, load double precision)");
      statement.execute(
          "create table if not exists failures (asset text, failed_at timestamptz, primary key (asset, failed_at))");
    }
  }

  private static boolean exists(Connection connection, String query) throws SQLException {
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery(query)) {
      return rows.next();
    }
  }

  static String asset(int index) {
    return "pump-" + index;
  }

  /// Two weeks ago until some days ago, numbered from 0.
  List<Row> history(Random random) {
    var rows = new ArrayList<Row>();
    for (int i = 0; i < HISTORY_ROWS; i++) {
      for (int asset = 0; asset < ASSETS; asset++) {
        var time = start.plus(STEP.multipliedBy(i));
        boolean isLoud = Duration.between(time, nextFailure(asset, time)).compareTo(WARNING) < 0;
        rows.add(row(rows.size(), asset, time, isLoud, random));
      }
    }
    return rows;
  }

  /// The n-th row of an asset after its history, from 0.
  Row live(long number, int asset, long n, Random random) {
    var time = start.plus(STEP.multipliedBy(HISTORY_ROWS)).plusSeconds(n);
    return row(number, asset, time, false, random);
  }

  private static Row row(long number, int asset, Instant time, boolean isLoud, Random random) {
    double vibration = 2 + random.nextGaussian() + (isLoud ? LOUD * random.nextDouble() : 0);
    return new Row(number, asset, time, vibration, 30 + 5 * random.nextGaussian());
  }

  /// Assets fail one after the other, each every [#BETWEEN_FAILURES].
  private Instant nextFailure(int asset, Instant time) {
    var failure = start.plus(Duration.ofHours(20 + 5L * asset));
    while (!failure.isAfter(time)) {
      failure = failure.plus(BETWEEN_FAILURES);
    }
    return failure;
  }

  void insertFailures(Connection connection) throws SQLException {
    var end = start.plus(STEP.multipliedBy(HISTORY_ROWS));
    try (var statement =
        connection.prepareStatement("insert into failures values (?, ?) on conflict do nothing")) {
      for (int asset = 0; asset < ASSETS; asset++) {
        for (var at = nextFailure(asset, start); at.isBefore(end); at = nextFailure(asset, at)) {
          statement.setString(1, asset(asset));
          statement.setObject(2, at.atOffset(ZoneOffset.UTC));
          statement.addBatch();
        }
      }
      statement.executeBatch();
    }
  }

  static void insert(Connection connection, List<Row> rows) throws SQLException {
    try (var statement =
        connection.prepareStatement(
            "insert into readings (number, asset, ts, vibration, load) values (?, ?, ?, ?, ?)")) {
      for (Row row : rows) {
        statement.setLong(1, row.number());
        statement.setString(2, asset(row.asset()));
        statement.setObject(3, row.time().atOffset(ZoneOffset.UTC));
        statement.setDouble(4, row.vibration());
        statement.setDouble(5, row.load());
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }

  /// @param passwordFile of the user, in the organization's secrets
  static String definition(Addresses at, String user, String passwordFile) {
    return """
        organization: chaos
        scadaDbConfig: {host: 127.0.0.1, port: %d, database: plant, user: %s, passwordFile: %s, schema: public, tables: ["readings"]}
        schemaConfig:
          assetColumn: asset
          timeColumn: ts
          continuousColumns: [vibration, load, number]
          lagSeconds: [3600]
          rollingWindows: [5]
          outcomes: {table: failures, assetColumn: asset, timeColumn: failed_at}
        models:
          - name: pump-failure
            task: binary
            target: {failureWithin: 24h}
            features: [vibration, load]
            gate: {minAccuracy: 0, minPrecision: 0, minRecall: 0, maxLatency: 10s}
            hyperparameters: {numIterations: 10}
            retryAttempts: 10
            drift: {enabled: false}
        """
        .formatted(at.postgresPort(), user, passwordFile);
  }
}
