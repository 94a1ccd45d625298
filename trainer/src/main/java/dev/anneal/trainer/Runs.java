package dev.anneal.trainer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.anneal.schemas.ModelKey;
import dev.anneal.stage.FailPoint;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/// The tables `run`, `request` and `command`. Whatever changes a model's runs and tells of it does
/// so inside [#inOrder], so that the model's story has one order.
final class Runs {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TypeReference<Map<String, String>> TEXTS = new TypeReference<>() {};

  private final JdbcClient jdbc;
  private final TransactionOperations transactions;

  Runs(JdbcClient jdbc, TransactionOperations transactions) {
    this.jdbc = jdbc;
    this.transactions = transactions;
  }

  /// Runs the change in one transaction, after and before all others of the same model.
  @SuppressWarnings("NullAway") // the supplier's result, which is never null
  <T> T inOrder(ModelKey key, Supplier<T> change) {
    T result =
        transactions.execute(
            _ -> {
              jdbc.sql("select pg_advisory_xact_lock(hashtextextended(?, 0))")
                  .param("trainer " + key)
                  .query((_, _) -> 0)
                  .single();
              T changed = change.get();
              FailPoint.TRAINER_TRANSACTION_OPEN.hit();
              return changed;
            });
    FailPoint.TRAINER_TRANSACTION_COMMITTED.hit();
    return result;
  }

  /// Notes the request where it is new.
  Seen request(ModelKey key, String requestId) {
    return note("request", key, requestId);
  }

  /// Notes the command where it is new.
  Seen command(ModelKey key, String commandId) {
    return note("command", key, commandId);
  }

  private Seen note(String table, ModelKey key, String id) {
    // of before ids were per organization: belongs to any
    var models =
        jdbc.sql(
                "select model from trainer.%1$s where %1$s_id = ? and organization in (?, '')"
                    .formatted(table))
            .params(id, key.organization())
            .query(String.class)
            .list();
    if (!models.isEmpty()) {
      String model = models.getFirst();
      return model.isEmpty() || model.equals(key.model())
          ? new Seen.Before()
          : new Seen.OfOther(model);
    }
    boolean isNew =
        jdbc.sql(
                    "insert into trainer.%1$s (organization, %1$s_id, model) values (?, ?, ?) on conflict do nothing"
                        .formatted(table))
                .params(key.organization(), id, key.model())
                .update()
            == 1;
    // another model's request with the same id was noted at this moment: the row is there now
    return isNew ? new Seen.Never() : note(table, key, id);
  }

  void joinRequest(ModelKey key, String requestId, String runId) {
    jdbc.sql("update trainer.request set run_id = ? where organization = ? and request_id = ?")
        .params(runId, key.organization(), requestId)
        .update();
  }

  void insert(String runId, String version, Request request) {
    jdbc.sql(
            """
            insert into trainer.run (run_id, request_id, organization, model, version, cause, reason, requested_by,
              requested_at, data_from_micros, data_to_micros, overrides, traceparent, state)
            values (:run, :request, :organization, :model, :version, :cause, :reason, :by,
              :at, cast(:from as bigint), cast(:to as bigint), cast(:overrides as jsonb), cast(:trace as text), 'QUEUED')
            """)
        .param("run", runId)
        .param("request", request.requestId())
        .param("organization", request.key().organization())
        .param("model", request.key().model())
        .param("version", version)
        .param("cause", request.cause())
        .param("reason", request.reason())
        .param("by", request.requestedBy())
        .param("at", time(request.requestedAt()))
        .param("from", request.dataFromMicros())
        .param("to", request.dataToMicros())
        .param("overrides", json(request.overrides()))
        .param("trace", request.traceparent())
        .update();
    joinRequest(request.key(), request.requestId(), runId);
  }

  /// A queued run that does what the request asks for: same hyper-parameters, same end of the data.
  Optional<Run> queuedLike(Request request) {
    return jdbc.sql(
            """
            select * from trainer.run
            where organization = :organization and model = :model and state = 'QUEUED' and cancelled_by is null
              and overrides = cast(:overrides as jsonb)
              and data_to_micros is not distinct from cast(:to as bigint)
              and (cause = 'MANUAL') = :manual
            order by queued_at limit 1
            """)
        .param("organization", request.key().organization())
        .param("model", request.key().model())
        .param("overrides", json(request.overrides()))
        .param("to", request.dataToMicros())
        .param("manual", !request.includesBefore())
        .query(Runs::run)
        .optional();
  }

  void moveDataFrom(String runId, long dataFromMicros) {
    jdbc.sql("update trainer.run set data_from_micros = ? where run_id = ?")
        .params(dataFromMicros, runId)
        .update();
  }

  /// Asked for again: the last request counts, since what is asked for after a rollback may follow
  /// it.
  ///
  /// @param version has the time in its name
  void moveRequestedAt(String runId, String version, Instant requestedAt) {
    jdbc.sql("update trainer.run set version = ?, requested_at = ? where run_id = ?")
        .params(version, time(requestedAt), runId)
        .update();
  }

  Optional<Run> find(String runId) {
    return jdbc.sql("select * from trainer.run where run_id = ?")
        .param(runId)
        .query(Runs::run)
        .optional();
  }

  /// Runs of the model that have not ended, of one request or of all.
  List<Run> open(ModelKey key, @Nullable String requestId) {
    return jdbc.sql(
            """
            select r.* from trainer.run r
            where organization = :organization and model = :model and state in ('QUEUED', 'RUNNING', 'WAITING')
              and (cast(:request as text) is null
                or run_id in (select q.run_id from trainer.request q
                  where q.organization = :organization and q.request_id = cast(:request as text)))
            order by queued_at
            """)
        .param("organization", key.organization())
        .param("model", key.model())
        .param("request", requestId)
        .query(Runs::run)
        .list();
  }

  boolean isRunning(ModelKey key) {
    return jdbc.sql(
                "select count(*) from trainer.run where organization = ? and model = ? and state = 'RUNNING'")
            .params(key.organization(), key.model())
            .query(Long.class)
            .single()
        > 0;
  }

  /// When a waiting run may go on, by the database's clock.
  ///
  /// @param longest wait there is: one that ends later was written while the clock was ahead
  Optional<Instant> waitsUntil(String runId, Duration longest) {
    return jdbc.sql(
            """
            select retry_at from trainer.run where run_id = ? and state = 'WAITING' and retry_at > now()
              and retry_at <= now() + make_interval(secs => ?)
            """)
        .params(runId, longest.toSeconds())
        .query((row, _) -> row.getObject(1, OffsetDateTime.class).toInstant())
        .optional();
  }

  /// @param died whether the attempt before was gone without a word
  void start(Run run, int attempt, boolean died) {
    jdbc.sql(
            """
            update trainer.run set state = 'RUNNING', attempt = ?, started_at = now(), retry_at = null, deaths = deaths + ?
            where run_id = ?
            """)
        .params(attempt, died ? 1 : 0, run.runId())
        .update();
  }

  void askToCancel(String runId, String by, String reason) {
    jdbc.sql("update trainer.run set cancelled_by = ?, cancel_reason = ? where run_id = ?")
        .params(by, reason, runId)
        .update();
  }

  /// Ends a run for good.
  ///
  /// @return false when another attempt has it, or it has ended
  boolean end(
      String runId, int attempt, Run.State state, @Nullable String code, @Nullable String message) {
    return jdbc.sql(
                """
                update trainer.run set state = :state, code = cast(:code as text), message = cast(:message as text),
                  ended_at = now(), failures = failures + :failures
                where run_id = :run and attempt = :attempt and state in ('QUEUED', 'RUNNING', 'WAITING')
                """)
            .param("state", state.name())
            .param("code", code)
            .param("message", message)
            .param("failures", state == Run.State.FAILED ? 1 : 0)
            .param("run", runId)
            .param("attempt", attempt)
            .update()
        == 1;
  }

  /// Lets a run wait for its next attempt; the same fence.
  ///
  /// @param counts whether it uses up one of the run's attempts
  boolean retry(
      String runId, int attempt, Instant at, String code, String message, boolean counts) {
    return jdbc.sql(
                """
                update trainer.run set state = 'WAITING', retry_at = ?, code = ?, message = ?, failures = failures + ?
                where run_id = ? and attempt = ? and state = 'RUNNING'
                """)
            .params(time(at), code, message, counts ? 1 : 0, runId, attempt)
            .update()
        == 1;
  }

  /// Puts a run back that its trainer has to leave; the same fence.
  boolean release(String runId, int attempt) {
    return jdbc.sql(
                "update trainer.run set state = 'QUEUED' where run_id = ? and attempt = ? and state = 'RUNNING'")
            .params(runId, attempt)
            .update()
        == 1;
  }

  private static Run run(ResultSet row, int index) throws SQLException {
    var request =
        new Request(
            row.getString("request_id"),
            new ModelKey(row.getString("organization"), row.getString("model")),
            row.getString("cause"),
            row.getString("reason"),
            row.getString("requested_by"),
            row.getObject("requested_at", OffsetDateTime.class).toInstant(),
            row.getObject("data_from_micros", Long.class),
            row.getObject("data_to_micros", Long.class),
            texts(row.getString("overrides")),
            row.getString("traceparent"),
            null);
    String reason = row.getString("cancel_reason");
    return new Run(
        row.getString("run_id"),
        request,
        row.getString("version"),
        Run.State.valueOf(row.getString("state")),
        row.getInt("attempt"),
        row.getInt("failures"),
        row.getInt("deaths"),
        row.getString("cancelled_by"),
        reason == null ? "" : reason);
  }

  private static OffsetDateTime time(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }

  private static String json(Map<String, String> texts) {
    try {
      return JSON.writeValueAsString(texts);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("texts are always JSON", e);
    }
  }

  private static Map<String, String> texts(String json) {
    try {
      return JSON.readValue(json, TEXTS);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("overrides of a run are not texts: " + json, e);
    }
  }
}
