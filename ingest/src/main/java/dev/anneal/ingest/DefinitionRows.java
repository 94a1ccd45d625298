package dev.anneal.ingest;

import dev.anneal.events.Definition;
import dev.anneal.ingest.SourceRow.Operation;
import dev.anneal.schemas.ModelKey;
import dev.anneal.schemas.Topic;
import dev.anneal.schemas.Topics;
import dev.anneal.stage.DeadLetters;
import dev.anneal.stage.FailPoint;
import dev.anneal.stage.Publisher;
import dev.anneal.stage.Redaction;
import dev.anneal.stage.StageKafka;
import dev.anneal.stage.TopicAdmin;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/// Rows of `control.organization` and `control.model` to `anneal.models`: first the topics, then
/// the definition.
final class DefinitionRows implements Capture.RowHandler {
  /// What Debezium gives for a large value that an update did not touch: PostgreSQL does not log it
  /// again.
  private static final String UNCHANGED = "__debezium_unavailable_value";

  private final TopicAdmin topics;
  private final Publisher<Definition> models;
  private final DeadLetters deadLetters;
  private final JdbcClient jdbc;
  private final PublishedDefinitions published;
  private boolean reconcile;

  /// @param published the definitions that are on the topic, as far as read
  /// @param reconcile whether rows may have gone unseen: definitions without a row are removed at
  ///     the first delivery
  DefinitionRows(
      TopicAdmin topics,
      StageKafka kafka,
      JdbcClient jdbc,
      PublishedDefinitions published,
      boolean reconcile) {
    this.topics = topics;
    this.published = published;
    this.reconcile = reconcile;
    this.models = kafka.publisher(Topics.MODELS);
    this.deadLetters = kafka.deadLetters();
    this.jdbc = jdbc;
  }

  @Override
  public void deliver(List<SourceRow> rows) throws InterruptedException {
    var sends = new Sends();
    if (reconcile || rows.stream().anyMatch(row -> row.operation() == Operation.TRUNCATE)) {
      removeStale(sends);
      reconcile = false;
    }
    for (SourceRow row : rows) {
      if (row.operation() == Operation.TRUNCATE) {
        continue; // PostgreSQL sends no keys; they were found by comparison
      }
      String organization = text(row, row.table().name().equals("model") ? "organization" : "name");
      String model = row.table().name().equals("model") ? text(row, "name") : null;
      String key = model == null ? organization : new ModelKey(organization, model).toString();
      if (row.operation() == Operation.DELETE) {
        sends.add(models.delete(key));
        continue;
      }
      try {
        Definition definition = definition(row, organization, model);
        topics.ensure(topicsOf(organization, model));
        FailPoint.INGEST_TOPICS_CREATED.hit();
        sends.add(
            BrokerRefusal.orElse(
                models.send(key, definition),
                cause -> reject(row, organization, key, Mapped.Code.REFUSED_BY_BROKER, cause)));
      } catch (IllegalArgumentException e) {
        sends.add(reject(row, organization, key, Mapped.Code.BAD_DEFINITION, e));
      }
    }
    sends.await();
    FailPoint.INGEST_DEFINITIONS_SENT.hit();
  }

  private CompletableFuture<Void> reject(
      SourceRow row, String organization, String key, Mapped.Code code, Throwable cause) {
    return deadLetters.reject(
        organization,
        row.table().qualifiedName(),
        key,
        RowJson.of(row),
        code.id(),
        Redaction.of(cause));
  }

  /// In the thread that publishes, so that a row made after the query is published after the
  /// removal.
  private void removeStale(Sends sends) {
    var stale = new HashSet<>(published.keys());
    stale.removeAll(
        jdbc.sql(
                "select name from control.organization union all select organization || '/' || name from control.model")
            .query(String.class)
            .list());
    stale.forEach(key -> sends.add(models.delete(key)));
  }

  private Definition definition(SourceRow row, String organization, @Nullable String model) {
    String document = text(row, "document");
    if (document.contains(UNCHANGED)) {
      document = currentDocument(organization, model);
    }
    Instant changedAt =
        value(row, "changed_at") instanceof Instant instant ? instant : Instant.EPOCH;
    return model == null
        ? Wire.organizationDefinition(organization, document, changedAt)
        : Wire.modelDefinition(organization, model, document, changedAt);
  }

  private String currentDocument(String organization, @Nullable String model) {
    var query =
        model == null
            ? jdbc.sql("select document::text from control.organization where name = ?")
                .param(organization)
            : jdbc.sql(
                    "select document::text from control.model where organization = ? and name = ?")
                .params(organization, model);
    // deleted meanwhile: the delete follows
    return query.query(String.class).optional().orElse("null");
  }

  private static List<? extends Topic<?>> topicsOf(String organization, @Nullable String model) {
    return model == null
        ? Topics.ofOrganization(organization)
        : List.of(Topics.features(organization, model));
  }

  private static String text(SourceRow row, String column) {
    return String.valueOf(value(row, column));
  }

  private static @Nullable Object value(SourceRow row, String column) {
    int index = row.table().columns().indexOf(column);
    return index < 0 ? null : row.values().get(index);
  }

  @Override
  public void report(String code, String reason) {
    deadLetters.reject(null, "control", "models", new byte[0], code, reason).join();
  }
}
