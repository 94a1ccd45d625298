package dev.anneal.control.monitor;

import dev.anneal.control.monitor.Serving.Decision;
import java.sql.Timestamp;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/// The read models in the schema `control`: events, runs, deployments and, of each model, the
/// newest decision and the newest estimate of its performance.
public final class Monitor {
  private static final String OF_MODEL =
      " where (?::text is null or organization = ?::text) and (?::text is null or model = ?::text) ";

  private final JdbcClient jdbc;
  private final TransactionTemplate transactions;
  private final InstantSource clock;
  private final JsonMapper json = JsonMapper.builder().build();

  /// Which models are meant; null: all.
  public record Filter(@Nullable String organization, @Nullable String model) {
    private List<@Nullable String> parameters() {
      return java.util.Arrays.asList(organization, organization, model, model);
    }
  }

  /// An event with its place in the order of recording.
  public record Recorded(
      long sequence,
      String eventId,
      String organization,
      String model,
      String kind,
      @Nullable String requestId,
      String occurredAt,
      Map<?, ?> body) {}

  public Monitor(JdbcClient jdbc, TransactionTemplate transactions, InstantSource clock) {
    this.jdbc = jdbc;
    this.transactions = transactions;
    this.clock = clock;
  }

  /// A lifecycle event; one seen before changes nothing.
  ///
  /// @param change what it says of the run, if it belongs to one
  public void lifecycle(Event event, @Nullable RunChange change) {
    transactions.executeWithoutResult(
        _ -> {
          if (insert(event) && change != null && event.requestId() != null) {
            Run before =
                run(event.organization(), event.requestId()).orElseGet(() -> Run.unknown(event));
            save(before.apply(change, event.occurredAt()));
          }
        });
  }

  /// A drift event; one seen before changes nothing.
  ///
  /// @param decision the verdict, if it is one
  /// @param estimate of the performance, if it tells one
  public void drift(Event event, @Nullable Decision decision, @Nullable Estimate estimate) {
    transactions.executeWithoutResult(
        _ -> {
          boolean isNew = insert(event);
          if (isNew && decision != null) {
            saveNewest("decision", decision.organization(), decision.model(), decision);
          }
          if (isNew && estimate != null) {
            saveNewest("estimate", estimate.organization(), estimate.model(), estimate);
          }
        });
  }

  public void deployment(Serving serving) {
    jdbc.sql(
            """
            insert into control.deployment (deployment_id, organization, model, document) values (?, ?, ?, ?::jsonb)
            on conflict do nothing
            """)
        .params(
            serving.deploymentId(),
            serving.organization(),
            serving.model(),
            json.writeValueAsString(serving))
        .update();
  }

  private boolean insert(Event event) {
    return jdbc.sql(
                """
                insert into control.event
                  (event_id, organization, model, kind, request_id, occurred_at, recorded_at, document)
                values (?, ?, ?, ?, ?, ?, ?, ?::jsonb) on conflict do nothing
                """)
            .param(event.eventId())
            .param(event.organization())
            .param(event.model())
            .param(event.kind())
            .param(event.requestId())
            .param(Timestamp.from(event.occurredAt()))
            .param(Timestamp.from(clock.instant()))
            .param(json.writeValueAsString(event.body()))
            .update()
        > 0;
  }

  private void save(Run run) {
    jdbc.sql(
            """
            insert into control.run (request_id, organization, model, document) values (?, ?, ?, ?::jsonb)
            on conflict (organization, request_id) do update set document = excluded.document
            """)
        .params(run.requestId(), run.organization(), run.model(), json.writeValueAsString(run))
        .update();
  }

  private void saveNewest(String table, String organization, String model, Object document) {
    jdbc.sql(
            """
            insert into control.%s (organization, model, document) values (?, ?, ?::jsonb)
            on conflict (organization, model) do update set document = excluded.document
            """
                .formatted(table))
        .params(organization, model, json.writeValueAsString(document))
        .update();
  }

  public Optional<Run> run(String organization, String requestId) {
    return jdbc.sql(
            "select document::text from control.run where organization = ? and request_id = ?")
        .params(organization, requestId)
        .query(String.class)
        .optional()
        .map(document -> json.readValue(document, Run.class));
  }

  /// Newest first.
  public List<Run> runs(Filter filter, int limit) {
    return documents(
        "control.run" + OF_MODEL + "order by sequence desc limit ?", filter, limit, Run.class);
  }

  /// Newest first.
  public List<Serving> deployments(Filter filter, int limit) {
    return documents(
        "control.deployment" + OF_MODEL + "order by sequence desc limit ?",
        filter,
        limit,
        Serving.class);
  }

  /// The newest decision of each model.
  public List<Decision> decisions(Filter filter) {
    return newest("decision", filter, Decision.class);
  }

  /// The newest estimate of each model's performance.
  public List<Estimate> estimates(Filter filter) {
    return newest("estimate", filter, Estimate.class);
  }

  private <T> List<T> newest(String table, Filter filter, Class<T> type) {
    return documents(
        "control." + table + OF_MODEL + "order by organization, model limit ?",
        filter,
        Integer.MAX_VALUE,
        type);
  }

  /// In the order of recording, after a sequence number.
  public List<Recorded> events(Filter filter, long after, int limit) {
    return jdbc.sql(
            """
            select sequence, event_id, organization, model, kind, request_id, occurred_at, document::text
            from control.event %s and sequence > ? order by sequence limit ?
            """
                .formatted(OF_MODEL))
        .params(filter.parameters())
        .param(after)
        .param(limit)
        .query(
            (row, _) ->
                new Recorded(
                    row.getLong(1),
                    row.getString(2),
                    row.getString(3),
                    row.getString(4),
                    row.getString(5),
                    row.getString(6),
                    row.getTimestamp(7).toInstant().toString(),
                    json.readValue(row.getString(8), Map.class)))
        .list();
  }

  private <T> List<T> documents(String from, Filter filter, int limit, Class<T> type) {
    return jdbc
        .sql("select document::text from " + from)
        .params(filter.parameters())
        .param(limit)
        .query(String.class)
        .list()
        .stream()
        .map(document -> json.readValue(document, type))
        .toList();
  }
}
