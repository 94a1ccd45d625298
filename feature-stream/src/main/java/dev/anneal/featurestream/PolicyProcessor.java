package dev.anneal.featurestream;

import dev.anneal.drift.DriftTest;
import dev.anneal.events.LifecycleEvent;
import dev.anneal.events.ScheduleTick;
import dev.anneal.policy.DriftReport;
import dev.anneal.policy.DriftReport.Span;
import dev.anneal.policy.EventTime;
import dev.anneal.policy.Evidence;
import dev.anneal.policy.PolicyEvent;
import dev.anneal.policy.PolicyInput;
import dev.anneal.policy.RetrainingPolicy;
import dev.anneal.policy.RetrainingState;
import dev.anneal.schemas.AvroSerde;
import dev.anneal.schemas.SchemaRegistry;
import dev.anneal.schemas.Topics;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.jspecify.annotations.Nullable;

/// Drift windows and the retraining policy of the models of one partition: hears the features'
/// messages, lifecycle events and ticks; sends drift reports, decisions and train requests.
final class PolicyProcessor implements Processor<String, byte[], byte[], Outgoing> {
  static final String WINDOWS = "drift-windows";
  static final String POLICIES = "retraining";
  static final String SINK = "policy-sink";

  private final SharedTable definitionsTable;
  private final SharedTable deploymentsTable;
  private final SchemaRegistry registry;
  private final DefinitionWaits waits;
  private final Deserializer<LifecycleEvent> lifecycle;
  private final Deserializer<ScheduleTick> ticks;
  private ProcessorContext<byte[], Outgoing> context;
  private Outbox outbox;
  private Definitions definitions;
  private KeyValueStore<String, byte[]> windows;
  private KeyValueStore<String, byte[]> policies;

  @SuppressWarnings("NullAway") // Kafka Streams calls init first
  PolicyProcessor(
      SharedTable definitionsTable,
      SharedTable deploymentsTable,
      SchemaRegistry registry,
      DefinitionWaits waits) {
    this.definitionsTable = definitionsTable;
    this.deploymentsTable = deploymentsTable;
    this.registry = registry;
    this.waits = waits;
    this.lifecycle = new AvroSerde<>(LifecycleEvent.class, registry).deserializer();
    this.ticks = new AvroSerde<>(ScheduleTick.class, registry).deserializer();
  }

  static StoreBuilder<KeyValueStore<String, byte[]>> builder(String name) {
    return Stores.keyValueStoreBuilder(
            Stores.inMemoryKeyValueStore(name), Serdes.String(), Serdes.ByteArray())
        .withCachingEnabled();
  }

  @Override
  public void init(ProcessorContext<byte[], Outgoing> context) {
    this.context = context;
    this.outbox = new Outbox(context, SINK, registry);
    // the features' tasks reject bad definitions
    this.definitions =
        new Definitions(
            context, definitionsTable, deploymentsTable, registry, (_, _, _, _, _) -> {});
    this.windows = context.getStateStore(WINDOWS);
    this.policies = context.getStateStore(POLICIES);
  }

  @Override
  public void process(Record<String, byte[]> record) {
    var model = model(record.key());
    if (model == null) {
      String reason = "a record of model %s, which has no definition".formatted(record.key());
      outbox.reject(record, null, "unknown-model", reason);
      return;
    }
    String topic = context.recordMetadata().orElseThrow().topic();
    try {
      if (topic.equals(Topics.LIFECYCLE.name())) {
        var event = Patience.retry(() -> lifecycle.deserialize(topic, record.value()));
        hear(model, event == null ? null : Wire.input(event));
      } else if (topic.equals(Topics.SCHEDULE_TICKS.name())) {
        var tick = Patience.retry(() -> ticks.deserialize(topic, record.value()));
        hear(model, tick == null ? null : Wire.input(tick));
      } else {
        message(model, JsonCodec.decode(record.value(), Message.class));
      }
    } catch (SerializationException e) {
      outbox.reject(record, null, "malformed-avro", String.valueOf(e.getMessage()));
    }
  }

  /// The model with this key, whose definition may be on its way to this instance while another
  /// knows it; null when it does not come.
  private @Nullable Model model(String key) {
    while (true) {
      long seen = definitions.changes();
      definitions.refresh();
      var model = definitions.model(key);
      if (model != null) {
        waits.defined(key);
        return model;
      }
      var left = waits.left(key, System.nanoTime());
      if (!left.isPositive() || Thread.currentThread().isInterrupted()) {
        return null;
      }
      definitions.awaitChange(seen, left);
    }
  }

  private void message(Model model, Message message) {
    switch (message) {
      case Message.Progress progress ->
          hear(model, new PolicyInput.Advanced(progress.rowsByHour(), progress.newestMicros()));
      case Message.CountingStarted started ->
          windows.put(model.key(), JsonCodec.encode(PartialWindows.with(stored(model), started)));
      case Message.DayCounts counts -> {
        var known = stored(model);
        if (known != null) {
          windows.put(model.key(), JsonCodec.encode(evaluate(model, known.with(counts))));
        }
      }
    }
  }

  private @Nullable PartialWindows stored(Model model) {
    byte[] bytes = windows.get(model.key());
    return bytes == null ? null : JsonCodec.decode(bytes, PartialWindows.class);
  }

  /// Reports every short window that is complete now, and the long one that ends with it.
  private PartialWindows evaluate(Model model, PartialWindows counted) {
    var deployed = definitions.deployed(model.key());
    if (deployed == null || !deployed.deploymentId().equals(counted.deploymentId())) {
      return counted; // counted against a version that serves no longer
    }
    var settings = model.retraining().windows();
    var partial = counted;
    for (var next = partial.nextShort(settings); next != null; next = partial.nextShort(settings)) {
      var whole = partial.longEndingWith(next, settings);
      partial = partial.evaluated(next, settings);
      report(model, deployed, Span.SHORT, next);
      if (whole != null) {
        report(model, deployed, Span.LONG, whole);
      }
    }
    return partial;
  }

  private void report(Model model, Deployed deployed, Span span, PartialWindows.Window window) {
    var test = new DriftTest(deployed.reference(), model.limits());
    var report =
        new DriftReport(
            deployed.deploymentId(),
            deployed.version(),
            Evidence.FEATURES,
            span,
            window.firstDay() * EventTime.DAY_MICROS,
            (window.lastDay() + 1) * EventTime.DAY_MICROS,
            window.counts().rows(),
            test.evaluate(window.counts().toWindowCounts()));
    outbox.report(model, report);
    hear(model, new PolicyInput.Evaluated(report));
  }

  private void hear(Model model, @Nullable PolicyInput input) {
    if (input == null) {
      return;
    }
    var policy =
        new RetrainingPolicy(model.key(), model.failureWithinSeconds(), model.retraining());
    byte[] bytes = policies.get(model.key());
    var state =
        bytes == null ? RetrainingState.NEW : JsonCodec.decode(bytes, RetrainingState.class);
    for (var event : policy.decide(state, input)) {
      switch (event) {
        case PolicyEvent.Noted _ -> {}
        case PolicyEvent.Requested requested -> outbox.requested(model, requested);
        case PolicyEvent.Suppressed suppressed -> outbox.suppressed(model, suppressed);
      }
      state = policy.apply(state, event);
    }
    policies.put(model.key(), JsonCodec.encode(state));
  }
}
