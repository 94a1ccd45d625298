package dev.anneal.featurestream;

import dev.anneal.schemas.Micros;
import dev.anneal.schemas.RowView;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
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
final class FeatureProcessor implements Processor<byte[], byte[], byte[], Outgoing> {
  static final String SINK = "feature-sink";
  static final String COUNTS = "count-bytes";

  private final ModelTables tables;
  private final DefinitionWaits waits;
  private final TelemetryLog log;
  private ProcessorContext<byte[], Outgoing> context;
  private Outbox outbox;
  private Definitions definitions;
  private OrganizationStates states;
  private Sensor duplicates;
  private Sensor corrections;
  private Sensor late;

  @SuppressWarnings("NullAway") // Kafka Streams calls init first
  FeatureProcessor(ModelTables tables, DefinitionWaits waits, TelemetryLog log) {
    this.tables = tables;
    this.waits = waits;
    this.log = log;
  }

  @Override
  public void init(ProcessorContext<byte[], Outgoing> context) {
    this.context = context;
    this.outbox = new Outbox(context, SINK, COUNTS, tables.registry());
    this.definitions = tables.in(context, this::rejectDefinition);
    // a task that lost its transaction is initialized again: what it held uncommitted must be gone
    // with it
    this.states =
        new OrganizationStates(context, definitions, tables.registry(), waits, log, outbox);
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
  public void process(Record<byte[], byte[]> record) {
    var origin = context.recordMetadata().orElseThrow();
    var state = states.before(origin);
    if (state == null) {
      String name = OrganizationStates.organization(origin.topic());
      reject(record, name, "unknown-organization", "no definition of organization " + name);
      return;
    }
    var row = read(record, state);
    if (row == null) {
      return;
    }
    long newestBefore = state.features().newestMicros();
    var asset = state.features().asset();
    switch (state.features().add(asset, origin.offset())) {
      case ACCEPTED, PLACED -> accepted(state, asset, row, newestBefore, origin.offset());
      case DUPLICATE -> duplicates.record();
      case CORRECTION -> {
        corrections.record();
        rejectRow(record, state, row, "correction: asset %s has sent another row of %s");
      }
      case LATE -> {
        late.record();
        if (!asset.isTold(row.eventTimeMicros(), row.lsn())) {
          rejectRow(record, state, row, "asset %s has sent rows newer than %s");
        }
      }
    }
    state.keep(origin.offset() + 1);
  }

  private @Nullable RowView read(Record<byte[], byte[]> record, OrganizationState state) {
    String name = state.organization().name();
    if (record.value() == null) {
      reject(record, name, "no-value", "a telemetry record without a value says nothing");
      return null;
    }
    try {
      var row = state.features().read(record.value());
      if (!state.features().isPlausible()) {
        String reason =
            "event time %s is before 1970, or too far after the known time %s"
                .formatted(
                    Micros.toInstant(row.eventTimeMicros()),
                    Micros.toInstant(row.knownTimeMicros()));
        reject(record, name, "bad-event-time", reason);
        return null;
      }
      return row;
    } catch (SerializationException e) {
      reject(record, name, "malformed-avro", String.valueOf(e.getMessage()));
      return null;
    }
  }

  /// @param reason with places for the asset's name and the event time
  private void rejectRow(
      Record<byte[], byte[]> record, OrganizationState state, RowView row, String reason) {
    String text = reason.formatted(row.asset(), Micros.toInstant(row.eventTimeMicros()));
    reject(record, state.organization().name(), "late-row", text);
  }

  private void reject(Record<byte[], byte[]> record, String name, String code, String reason) {
    String key = record.key() == null ? null : new String(record.key(), StandardCharsets.UTF_8);
    outbox.reject(key, record.value(), name, code, reason);
  }

  private void accepted(
      OrganizationState state, Asset asset, RowView row, long newestBefore, long offset) {
    var features = state.features();
    long newest = features.newestMicros();
    for (int i = 0; i < asset.features.length; i++) {
      var model = features.models().get(i);
      if (features.isAdded(i)) {
        float[] vector = model.compute(asset.features[i]);
        outbox.features(model.topic(), asset.name, model.encode(row), row.eventTimeMicros());
        countDrift(state, asset, i, vector, row, newestBefore, offset);
      }
      var history = state.progress().tellAll(model.model(), newest);
      if (history != null) {
        outbox.policy(model.model(), history, newest);
      }
    }
    state.progress().count(row.eventTimeMicros(), offset);
    if (state.progress().isDue(newest)) {
      var progress = state.progress().tell(newest, offset + 1);
      features.models().forEach(model -> outbox.policy(model.model(), progress, newest));
    }
  }

  private void countDrift(
      OrganizationState state,
      Asset asset,
      int index,
      float[] vector,
      RowView row,
      long newestBefore,
      long offset) {
    var features = state.features().models().get(index);
    var deployed = definitions.deployed(features.key());
    if (deployed == null) {
      return;
    }
    var counts = state.drift().get(index);
    long newest = state.features().newestMicros();
    Consumer<Message> policy = message -> outbox.policy(features.model(), message, newest);
    counts.follow(deployed, newestBefore, offset, policy);
    if (counts.isDue(offset)) {
      boolean trusted = row.quality().isTrusted();
      counts.count(vector, row.eventTimeMicros());
      counts.count(features.values(), trusted, asset.sensors[index], row.eventTimeMicros());
    }
    counts.close(newest, policy);
  }

  @Override
  public void close() {
    log.close();
  }
}
