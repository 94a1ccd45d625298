package dev.anneal.featurestream;

import dev.anneal.schemas.RowCodec;
import dev.anneal.schemas.SchemaRegistry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.metrics.Sensor;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/// Telemetry of one partition of every organization to features, drift counts and progress. Rows
/// that cannot be used become dead letters; a row that was delivered again is dropped and counted.
/// Of rows with one LSN that are older than all that is held of their asset, as after a source was
/// read again, the first is a dead letter and all are counted.
final class FeatureProcessor implements Processor<String, byte[], String, Outgoing> {
  private static final String PREFIX = "anneal.telemetry.";

  /// What this task keeps of one organization.
  private record Kept(
      Organization organization,
      OrganizationFeatures features,
      ProgressCounts progress,
      Map<Model, DriftCounts> drift) {}

  private final SharedTable definitionsTable;
  private final SharedTable deploymentsTable;
  private final SchemaRegistry registry;
  private final DefinitionWaits waits;
  private final Map<String, Kept> organizations = new HashMap<>();
  private ProcessorContext<String, Outgoing> context;
  private Outbox outbox;
  private Definitions definitions;
  private RowStore rows;
  private Sensor duplicates;
  private Sensor corrections;
  private Sensor late;

  @SuppressWarnings("NullAway") // Kafka Streams calls init first
  FeatureProcessor(
      SharedTable definitionsTable,
      SharedTable deploymentsTable,
      SchemaRegistry registry,
      DefinitionWaits waits) {
    this.definitionsTable = definitionsTable;
    this.deploymentsTable = deploymentsTable;
    this.registry = registry;
    this.waits = waits;
  }

  @Override
  public void init(ProcessorContext<String, Outgoing> context) {
    // a task that lost its transaction is initialized again: what it held uncommitted must be gone
    // with it
    organizations.clear();
    this.context = context;
    this.outbox = new Outbox(context, registry);
    this.definitions =
        new Definitions(
            context, definitionsTable, deploymentsTable, registry, this::rejectDefinition);
    this.rows = new RowStore(context.getStateStore(RowStore.NAME));
    this.duplicates = counter("duplicate-rows");
    this.corrections = counter("corrected-rows");
    this.late = counter("late-rows");
  }

  private Sensor counter(String rows) {
    return context
        .metrics()
        .addRateTotalSensor(
            "feature-stream", context.taskId().toString(), rows, Sensor.RecordingLevel.INFO);
  }

  private void rejectDefinition(
      String topic, String key, byte[] value, String code, String reason) {
    if (context.taskId().partition() == 0) { // every task sees it, one tells
      outbox.reject(new Rejection(code, reason, null, topic, null, null, key, value));
    }
  }

  @Override
  public void process(Record<String, byte[]> record) {
    String name = organizationName();
    var kept = organization(name);
    if (kept == null) {
      outbox.reject(record, name, "unknown-organization", "no definition of organization " + name);
      return;
    }
    var row = decode(record, kept);
    if (row == null) {
      return;
    }
    long newestBefore = kept.features().newestMicros();
    switch (kept.features().add(row, record.value())) {
      case ACCEPTED, PLACED -> accepted(kept, row, newestBefore);
      case DUPLICATE -> duplicates.record();
      case CORRECTION -> {
        corrections.record();
        String reason =
            "correction: asset %s has sent another row of %d µs"
                .formatted(row.asset(), row.eventTimeMicros());
        outbox.reject(record, name, "late-row", reason);
      }
      case LATE -> {
        late.record();
        if (!kept.features().isTold(row)) {
          String reason =
              "asset %s has sent rows newer than %d µs"
                  .formatted(row.asset(), row.eventTimeMicros());
          outbox.reject(record, name, "late-row", reason);
        }
      }
    }
  }

  private String organizationName() {
    return context
        .recordMetadata()
        .map(origin -> origin.topic().substring(PREFIX.length()))
        .orElseThrow();
  }

  private RowCodec.@Nullable Row decode(Record<String, byte[]> record, Kept kept) {
    String name = kept.organization().name();
    if (record.value() == null) {
      outbox.reject(record, name, "no-value", "a telemetry record without a value says nothing");
      return null;
    }
    try {
      var row = kept.features().decode(record.value());
      if (row.eventTimeMicros() < 0) {
        String reason = "event time %d µs is before 1970".formatted(row.eventTimeMicros());
        outbox.reject(record, name, "bad-event-time", reason);
        return null;
      }
      return row;
    } catch (SerializationException e) {
      outbox.reject(record, name, "malformed-avro", String.valueOf(e.getMessage()));
      return null;
    }
  }

  private void accepted(Kept kept, RowCodec.Row row, long newestBefore) {
    long newest = kept.features().newestMicros();
    for (var features : kept.features().models()) {
      var model = features.model();
      float[] vector = features.compute(row);
      outbox.features(features.topic(), row.asset(), features.encode(row), row.eventTimeMicros());
      countDrift(kept, model, vector, row.eventTimeMicros(), newestBefore);
      var history = kept.progress().tellAll(model, newest);
      if (history != null) {
        outbox.policy(model, history, newest);
      }
    }
    kept.progress().count(row.eventTimeMicros());
    if (kept.progress().isDue(newest)) {
      var progress = kept.progress().tell(newest);
      kept.features()
          .models()
          .forEach(features -> outbox.policy(features.model(), progress, newest));
    }
  }

  private void countDrift(
      Kept kept, Model model, float[] vector, long eventTimeMicros, long newestBefore) {
    var counts = kept.drift().get(model);
    var deployed = definitions.deployed(model.key());
    if (deployed == null || counts == null) {
      return;
    }
    long newest = kept.features().newestMicros();
    counts.follow(deployed, newestBefore, message -> outbox.policy(model, message, newest));
    counts.count(vector, eventTimeMicros);
    counts.close(newest, message -> outbox.policy(model, message, newest));
  }

  /// What is kept of an organization, built again when a definition changed; null when it has none.
  private @Nullable Kept organization(String name) {
    while (true) {
      long seen = definitions.changes();
      if (definitions.refresh()) {
        organizations.values().removeIf(this::isOutdated);
      }
      var kept = organizations.get(name);
      if (kept != null) {
        return kept;
      }
      var organization = definitions.organization(name);
      if (organization != null) {
        waits.defined(name);
        return keep(organization);
      }
      var left = waits.left(name, System.nanoTime()); // the definition may be on its way
      if (!left.isPositive() || Thread.currentThread().isInterrupted()) {
        return null;
      }
      definitions.awaitChange(seen, left);
    }
  }

  private boolean isOutdated(Kept kept) {
    var now = definitions.organization(kept.organization().name());
    return now == null
        || !now.equals(kept.organization())
        || !kept.drift().keySet().equals(Set.copyOf(definitions.models(now)));
  }

  private Kept keep(Organization organization) {
    List<Model> models = definitions.models(organization);
    var drift = new HashMap<Model, DriftCounts>();
    for (var model : models) {
      drift.put(
          model,
          new DriftCounts(
              context.getStateStore(DriftCounts.NAME), context.taskId().partition(), model));
    }
    var kept =
        new Kept(
            organization,
            new OrganizationFeatures(organization, models, registry, rows),
            new ProgressCounts(context.getStateStore(ProgressCounts.NAME), organization.name()),
            drift);
    organizations.put(organization.name(), kept);
    return kept;
  }
}
