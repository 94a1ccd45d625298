package dev.anneal.ingest;

import java.util.Map;
import java.util.Properties;

/// What every engine is set to.
final class DebeziumSettings {
  private DebeziumSettings() {}

  /// For a task to start: Debezium knows no progress, and a busy machine takes over a minute.
  private static final int TASK_MILLIS = 300_000;

  /// For the rows that are being delivered at a stop.
  private static final int LAST_ROWS_MILLIS = 5_000;

  private static final String SELECTS = "snapshot.select.statement.overrides";

  /// @param selects statements by which older rows are read, by qualified table
  /// @param offsets the app database
  static Properties of(
      CapturePlan plan,
      Map<String, String> selects,
      IngestSettings settings,
      PostgresAddress offsets) {
    var properties = new Properties();
    properties.setProperty("name", plan.engine());
    properties.setProperty("topic.prefix", plan.slot());
    properties.setProperty("connector.class", "io.debezium.connector.postgresql.PostgresConnector");
    database(properties, plan);
    capture(properties, settings);
    selects(properties, selects);
    offsets(properties, plan, settings, offsets);
    // failing is not hidden in the engine: the supervisor tries again
    properties.setProperty("errors.max.retries", "0");
    properties.setProperty("slot.max.retries", "0");
    properties.setProperty("record.processing.threads", "1");
    properties.setProperty(
        "record.processing.shutdown.timeout.ms", Integer.toString(LAST_ROWS_MILLIS));
    properties.setProperty("internal.task.management.timeout.ms", Integer.toString(TASK_MILLIS));
    return properties;
  }

  private static void database(Properties properties, CapturePlan plan) {
    properties.setProperty("database.hostname", plan.address().host());
    properties.setProperty("database.port", Integer.toString(plan.address().port()));
    properties.setProperty("database.dbname", plan.address().database());
    properties.setProperty("database.user", plan.address().user());
    properties.setProperty("database.password", plan.address().password());
    plan.address().parameters().forEach((k, v) -> properties.setProperty("driver." + k, v));
    properties.setProperty("database.sslmode", plan.address().sslMode());
    properties.setProperty("plugin.name", "pgoutput");
    properties.setProperty("slot.name", plan.slot());
    properties.setProperty("publication.name", plan.slot());
    properties.setProperty("publication.autocreate.mode", "disabled"); // see SourceDatabase
    properties.setProperty("table.include.list", plan.tableIncludeList());
  }

  private static void capture(Properties properties, IngestSettings settings) {
    properties.setProperty("snapshot.mode", "when_needed");
    properties.setProperty("poll.interval.ms", Long.toString(settings.pollInterval().toMillis()));
    properties.setProperty("max.queue.size", Integer.toString(settings.maxQueueSize()));
    properties.setProperty("max.batch.size", Integer.toString(settings.maxBatchSize()));
    properties.setProperty("tombstones.on.delete", "false");
    properties.setProperty("skipped.operations", "none"); // a truncated table is told too
    properties.setProperty("provide.transaction.metadata", "false");
    properties.setProperty("decimal.handling.mode", "double"); // of money, and in arrays
    properties.setProperty("converters", "decimal");
    properties.setProperty("decimal.type", DecimalConverter.class.getName());
    properties.setProperty("heartbeat.interval.ms", Long.toString(settings.heartbeat().toMillis()));
    // moves a quiet database's slot on without a table of ours in it
    properties.setProperty(
        "heartbeat.action.query",
        "select pg_logical_emit_message(true, 'anneal-heartbeat', now()::text)");
    properties.setProperty("signal.enabled.channels", "in-process");
    properties.setProperty("signal.poll.interval.ms", "1000");
    properties.setProperty("notification.enabled.channels", "sink");
    properties.setProperty("notification.sink.topic.name", DebeziumRun.NOTIFICATIONS);
  }

  private static void selects(Properties properties, Map<String, String> selects) {
    if (!selects.isEmpty()) {
      properties.setProperty(SELECTS, String.join(",", selects.keySet()));
      selects.forEach((table, select) -> properties.setProperty(SELECTS + "." + table, select));
    }
  }

  private static void offsets(
      Properties properties, CapturePlan plan, IngestSettings settings, PostgresAddress offsets) {
    properties.setProperty("offset.storage", PostgresOffsetStore.class.getName());
    properties.setProperty(PostgresOffsetStore.URL, offsets.jdbcUrl());
    properties.setProperty(PostgresOffsetStore.USER, offsets.user());
    properties.setProperty(PostgresOffsetStore.PASSWORD, offsets.password());
    offsets
        .parameters()
        .forEach((k, v) -> properties.setProperty(PostgresOffsetStore.DRIVER + k, v));
    properties.setProperty(PostgresOffsetStore.ENGINE, plan.engine());
    properties.setProperty(
        "offset.flush.interval.ms", Long.toString(settings.offsetFlush().toMillis()));
  }
}
