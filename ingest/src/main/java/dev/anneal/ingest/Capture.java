package dev.anneal.ingest;

import dev.anneal.ingest.SourceDatabase.Slot;
import dev.anneal.stage.FailPoint;
import dev.anneal.stage.Redaction;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One try at capturing a database: publication and slot are put in order, then the engine runs
/// until it is closed or fails. While it runs, tables that appear and match join the publication,
/// and their older rows are asked for.
final class Capture implements Supervisor.Attempt {
  private static final Logger LOG = LoggerFactory.getLogger(Capture.class);

  /// Takes rows. Returns when all of them are delivered for good.
  interface RowHandler {
    void deliver(List<SourceRow> rows) throws InterruptedException;

    /// The capture was closed; no row comes any more.
    default void ended() throws InterruptedException {}

    /// The source answers; called before anything is made there that would have to be removed.
    default void reached() {}

    /// @param captured columns of the tables that are captured, by table
    /// @param others all tables of the schema
    /// @return what there should be besides
    default Lacking lacking(Map<String, Set<String>> captured, Set<String> others) {
      return Lacking.NOTHING;
    }

    /// Something happened in the source that a person should know.
    void report(String code, String reason);
  }

  /// What all captures share.
  record Context(
      IngestSettings settings,
      PostgresAddress appDatabase,
      CaptureLedger ledger,
      ScheduledExecutorService timer,
      InstantSource clock) {

    Supervisor supervisor(
        String name, Supplier<Supervisor.Attempt> attempts, Supervisor.FailureListener listener) {
      return new Supervisor(name, attempts, settings.backoff(), listener, clock);
    }
  }

  private final Context context;
  private final CapturePlan plan;
  private final RowHandler handler;
  private final Consumer<Lacking> found;
  private final DebeziumRows rows = new DebeziumRows();
  private final NewTables newTables;

  /// By the name of a table: it is matched once, not with each of its rows. The engine's thread
  /// only.
  private final Map<String, Boolean> wanted = new HashMap<>();
  private @Nullable DebeziumRun run;
  private boolean closed;

  /// @param found gets, at every look at the tables, what is lacking
  Capture(Context context, CapturePlan plan, RowHandler handler, Consumer<Lacking> found) {
    this.context = context;
    this.plan = plan;
    this.handler = handler;
    this.found = found;
    this.newTables = new NewTables(plan, context.ledger);
  }

  @Override
  public void run(Runnable running) throws SQLException, InterruptedException {
    try (var database = SourceDatabase.open(plan.address())) {
      if (!database.lease(plan.slot())) {
        throw new CaptureException(
            CaptureException.Code.SLOT_IN_USE,
            "slot %s of %s is driven by another ingest".formatted(plan.slot(), plan.address()));
      }
      handler.reached();
      var tables = new SourceTables(database, plan, context.ledger, handler);
      Set<String> names = publish(tables);
      checkSlot(database);
      capture(database, tables, tables.orderedSelects(names), running);
    }
    if (!isClosed()) {
      throw new CaptureException(
          CaptureException.Code.CAPTURE_FAILED, "the engine ended by itself");
    }
  }

  private void capture(
      SourceDatabase database, SourceTables tables, Map<String, String> selects, Runnable running)
      throws InterruptedException {
    DebeziumRun engine = start(selects, running);
    if (engine == null) {
      return;
    }
    long period = context.settings.tableCheck().toMillis();
    ScheduledFuture<?> check =
        context.timer.scheduleWithFixedDelay(
            () -> checkTables(database, tables), period, period, TimeUnit.MILLISECONDS);
    try {
      engine.run();
      handler.ended();
    } finally {
      check.cancel(false);
    }
  }

  @Override
  public void close() throws InterruptedException {
    DebeziumRun engine;
    synchronized (this) {
      closed = true;
      engine = run;
    }
    if (engine != null) {
      engine.close();
    }
  }

  private synchronized @Nullable DebeziumRun start(Map<String, String> selects, Runnable running) {
    if (!closed) {
      var properties = DebeziumSettings.of(plan, selects, context.settings, context.appDatabase);
      run = new DebeziumRun(properties, this::deliver, running);
    }
    return run;
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  private Set<String> publish(SourceTables tables) throws SQLException {
    Set<String> names = tables.names();
    Lacking lacking = tables.lacking(names);
    tables.require(names, lacking);
    newTables.begin(tables.putInOrder(names, newTables::missed));
    FailPoint.INGEST_PUBLICATION_CHANGED.hit();
    found.accept(lacking);
    return names;
  }

  /// A slot that cannot give what was not delivered yet can only be made anew, with a snapshot of
  /// everything.
  private void checkSlot(SourceDatabase database) throws SQLException {
    OptionalLong delivered = context.ledger.deliveredUpTo(plan.engine());
    String trouble =
        switch (database.slot(plan.slot())) {
          case Slot.None() -> "does not exist any more";
          case Slot.Lost() -> {
            database.dropSlot(plan.slot());
            yield "has lost write-ahead log";
          }
          case Slot.Usable(long confirmed)
              when delivered.isPresent() && confirmed > delivered.getAsLong() ->
              "was moved on to %d, delivered is up to %d"
                  .formatted(confirmed, delivered.getAsLong());
          case Slot.Usable _ -> null;
        };
    if (trouble == null) {
      return;
    }
    if (delivered.isPresent()) {
      handler.report(
          "slot-lost",
          "slot %s of %s %s; everything is read again"
              .formatted(plan.slot(), plan.address(), trouble));
    }
    context.ledger.forgetProgress(plan.engine());
  }

  private void deliver(List<SourceRecord> records) throws InterruptedException {
    var batch = new ArrayList<SourceRow>(records.size());
    var notifications = new ArrayList<Struct>();
    for (SourceRecord record : records) {
      if (DebeziumRun.NOTIFICATIONS.equals(record.topic())) {
        notifications.add((Struct) record.value());
        continue;
      }
      SourceRow row = rows.of(record);
      if (row != null && wanted.computeIfAbsent(row.table().name(), plan.tables()::match)) {
        batch.add(row);
      }
    }
    handler.deliver(batch);
    notifications.forEach(newTables::apply);
  }

  private void checkTables(SourceDatabase database, SourceTables tables) {
    if (isClosed()) {
      return;
    }
    try {
      Set<String> names = tables.names();
      if (!names.isEmpty()) {
        var relations = tables.putInOrder(names, newTables::missed);
        if (newTables.isStreaming()) {
          readNew(tables, newTables.joined(relations, database.transactions()));
        }
      }
      found.accept(tables.lacking(names));
    } catch (CaptureException e) {
      end(e);
    } catch (SQLException e) {
      logged(e);
      var cause = CaptureException.of(e);
      if (cause.code() != CaptureException.Code.CAPTURE_FAILED) {
        end(cause); // of rights, or of the connection, which the next try meets again and reports
      }
    } catch (RuntimeException e) {
      logged(e); // of the app database or Kafka, and not of the source
    }
  }

  private void readNew(SourceTables tables, NewTables.Joined joined) throws SQLException {
    var selects = tables.orderedSelects(joined.parts()); // may fail, then all is looked at again
    newTables.asked(joined);
    if (!joined.parts().isEmpty()) {
      snapshot(joined.parts().keySet(), selects);
    }
    if (!joined.replaced().isEmpty()) {
      handler.report(
          "table-replaced",
          "%s: the table is another one than before (dropped, renamed); all its rows are read"
              .formatted(String.join(", ", joined.replaced())));
    }
  }

  private void logged(Exception failure) {
    LOG.warn("cannot look for new tables of {}: {}", plan.engine(), Redaction.of(failure));
  }

  /// The source cannot be captured as it is now.
  private void end(CaptureException cause) {
    DebeziumRun engine;
    synchronized (this) {
      engine = run;
    }
    if (engine != null) {
      engine.end(cause);
    }
  }

  private synchronized void snapshot(Set<String> tables, Map<String, String> selects) {
    if (run != null && !closed) {
      run.snapshot("older-rows", tables.stream().map(plan::expression).toList(), selects);
    }
  }
}
