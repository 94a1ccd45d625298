package dev.anneal.control.definitions;

import java.sql.Timestamp;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/// The tables `control.organization` and `control.model`, which ingest captures. A row is written
/// only where its document changed, so that a definition applied twice is announced once.
public final class DefinitionStore {
  /// What applying a document did.
  ///
  /// @param change of the document as a whole
  /// @param created to `removed`: names of models
  /// @param differences from the document before, by path
  /// @param next what has to happen until all of it is in force
  public record Summary(
      String organization,
      Change change,
      List<String> created,
      List<String> changed,
      List<String> unchanged,
      List<String> removed,
      List<String> differences,
      List<String> next) {}

  /// What became of one row.
  public enum Change {
    CREATED,
    CHANGED,
    UNCHANGED
  }

  private final JdbcClient jdbc;
  private final TransactionTemplate transactions;
  private final InstantSource clock;
  private final JsonMapper json = JsonMapper.builder().build();

  public DefinitionStore(JdbcClient jdbc, TransactionTemplate transactions, InstantSource clock) {
    this.jdbc = jdbc;
    this.transactions = transactions;
    this.clock = clock;
  }

  /// Makes the tables say what the definitions say, in one transaction.
  ///
  /// @param written the document as its author wrote it
  public Summary apply(Definitions definitions, Map<?, ?> written) {
    return java.util.Objects.requireNonNull(transactions.execute(_ -> write(definitions, written)));
  }

  private Summary write(Definitions definitions, Map<?, ?> written) {
    String organization = definitions.organization().name();
    lock(organization);
    var created = new ArrayList<String>();
    var changed = new ArrayList<String>();
    var unchanged = new ArrayList<String>();
    var next =
        new ArrayList<>(
            Consequences.next(organization(organization).orElse(null), definitions.organization()));
    for (var model : definitions.models()) {
      var before = model(organization, model.model()).orElse(null);
      next.addAll(Consequences.next(before, model));
      var list =
          switch (upsertModel(organization, model.model(), json.writeValueAsString(model))) {
            case CREATED -> created;
            case CHANGED -> changed;
            case UNCHANGED -> unchanged;
          };
      list.add(model.model());
    }
    var removed =
        removeOthers(
            organization, definitions.models().stream().map(ModelDefinition::model).toList());
    // last: who sees the organization and reads its rows has seen its models
    upsertOrganization(organization, json.writeValueAsString(definitions.organization()));
    var before = written(organization).map(document -> json.readValue(document, Map.class));
    String document = json.writeValueAsString(written);
    var differences =
        before
            .map(earlier -> Consequences.differences(earlier, json.readValue(document, Map.class)))
            .orElse(List.of());
    keepWritten(organization, document);
    Change change =
        before.isEmpty()
            ? Change.CREATED
            : differences.isEmpty() ? Change.UNCHANGED : Change.CHANGED;
    return new Summary(
        organization, change, created, changed, unchanged, removed, differences, next);
  }

  /// @return whether there was one
  public boolean delete(String organization) {
    return Boolean.TRUE.equals(
        transactions.execute(
            _ -> {
              lock(organization);
              removeOthers(organization, List.of());
              jdbc.sql("delete from control.applied where organization = ?")
                  .param(organization)
                  .update();
              return jdbc.sql("delete from control.organization where name = ?")
                      .param(organization)
                      .update()
                  > 0;
            }));
  }

  public List<String> organizations() {
    return jdbc.sql("select name from control.organization order by name")
        .query(String.class)
        .list();
  }

  /// The document as its author wrote it, JSON.
  public Optional<String> written(String organization) {
    return jdbc.sql("select document::text from control.applied where organization = ?")
        .param(organization)
        .query(String.class)
        .optional();
  }

  private Optional<OrganizationDefinition> organization(String name) {
    return jdbc.sql("select document::text from control.organization where name = ?")
        .param(name)
        .query(String.class)
        .optional()
        .map(document -> json.readValue(document, OrganizationDefinition.class));
  }

  /// Models by organization and name.
  public List<ModelDefinition> models() {
    return jdbc
        .sql("select document::text from control.model order by organization, name")
        .query(String.class)
        .list()
        .stream()
        .map(this::model)
        .toList();
  }

  public Optional<ModelDefinition> model(String organization, String model) {
    return jdbc.sql("select document::text from control.model where organization = ? and name = ?")
        .params(organization, model)
        .query(String.class)
        .optional()
        .map(this::model);
  }

  private ModelDefinition model(String document) {
    return json.readValue(document, ModelDefinition.class);
  }

  /// Two authors of one organization take turns.
  private void lock(String organization) {
    jdbc.sql("select pg_advisory_xact_lock(hashtextextended(?, 0))")
        .param(organization)
        .query((_, _) -> 0)
        .list();
  }

  private void upsertOrganization(String name, String document) {
    jdbc.sql(
            """
            insert into control.organization as o (name, document, changed_at) values (?, ?::jsonb, ?)
            on conflict (name) do update set document = excluded.document, changed_at = excluded.changed_at
            where o.document is distinct from excluded.document
            """)
        .params(name, document, now())
        .update();
  }

  private Change upsertModel(String organization, String name, String document) {
    return change(
        jdbc.sql(
                """
                insert into control.model as m (organization, name, document, changed_at) values (?, ?, ?::jsonb, ?)
                on conflict (organization, name)
                do update set document = excluded.document, changed_at = excluded.changed_at
                where m.document is distinct from excluded.document
                returning xmax = 0
                """)
            .params(organization, name, document, now())
            .query(Boolean.class)
            .optional()
            .orElse(null));
  }

  /// @param inserted null where no row was written
  private static Change change(@Nullable Boolean inserted) {
    return inserted == null ? Change.UNCHANGED : inserted ? Change.CREATED : Change.CHANGED;
  }

  private List<String> removeOthers(String organization, List<String> kept) {
    return jdbc
        .sql("delete from control.model where organization = ? and name <> all(?) returning name")
        .param(organization)
        .param(kept.toArray(String[]::new))
        .query(String.class)
        .list()
        .stream()
        .sorted(Comparator.naturalOrder())
        .toList();
  }

  private void keepWritten(String organization, String document) {
    jdbc.sql(
            """
            insert into control.applied (organization, document, applied_at) values (?, ?::jsonb, ?)
            on conflict (organization) do update set document = excluded.document, applied_at = excluded.applied_at
            """)
        .params(organization, document, now())
        .update();
  }

  private Timestamp now() {
    return Timestamp.from(clock.instant());
  }
}
