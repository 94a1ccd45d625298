package dev.anneal.featurestream;

import dev.anneal.events.LifecycleEvent;
import dev.anneal.events.ScheduleTick;
import dev.anneal.policy.DriftReport.Span;
import dev.anneal.policy.Evidence;
import dev.anneal.policy.PolicyEvent;
import dev.anneal.policy.PolicyInput;
import dev.anneal.policy.RetrainingPolicy;
import dev.anneal.policy.RetrainingSettings;
import dev.anneal.policy.RetrainingState;
import dev.anneal.schemas.AvroSerde;
import dev.anneal.schemas.ModelKey;
import dev.anneal.schemas.SchemaRegistry;
import dev.anneal.schemas.Topics;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.jspecify.annotations.Nullable;

/// Drift windows and the retraining policy of the models of one partition: hears the features'
/// messages, lifecycle events and ticks; sends drift reports, decisions and train requests. Now and
/// then it looks what has been waited for too long.
final class PolicyProcessor implements Processor<String, byte[], byte[], Outgoing> {
  static final String WINDOWS = "drift-windows";
  static final String POLICIES = "retraining";
  static final String LOSSES = "loss-watches";
  static final String SINK = "policy-sink";

  private static final String SCORES = "#scores";
  private static final String SENSORS = "#sensors";
  private static final String WAITS = "#waits";
  private static final Duration LOOK_EVERY = Duration.ofMinutes(10);

  private final SharedTable definitionsTable;
  private final SharedTable deploymentsTable;
  private final SchemaRegistry registry;
  private final DefinitionWaits waits;
  private final Duration modelPatience;
  private final Deserializer<LifecycleEvent> lifecycle;
  private final Deserializer<ScheduleTick> ticks;
  private ProcessorContext<byte[], Outgoing> context;
  private Outbox outbox;
  private Definitions definitions;
  private KeyValueStore<String, byte[]> windows;
  private KeyValueStore<String, byte[]> policies;
  private KeyValueStore<String, byte[]> losses;
  private Estimates estimates;

  @SuppressWarnings("NullAway") // Kafka Streams calls init first
  PolicyProcessor(
      SharedTable definitionsTable,
      SharedTable deploymentsTable,
      SchemaRegistry registry,
      DefinitionWaits waits,
      Duration modelPatience) {
    this.definitionsTable = definitionsTable;
    this.deploymentsTable = deploymentsTable;
    this.registry = registry;
    this.waits = waits;
    this.modelPatience = modelPatience;
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
    this.outbox = new Outbox(context, SINK, "", registry);
    // the features' tasks reject bad definitions
    this.definitions =
        new Definitions(
            context, definitionsTable, deploymentsTable, registry, (_, _, _, _, _) -> {});
    this.windows = context.getStateStore(WINDOWS);
    this.policies = context.getStateStore(POLICIES);
    this.losses = context.getStateStore(LOSSES);
    this.estimates = new Estimates(losses);
    context.schedule(LOOK_EVERY, PunctuationType.WALL_CLOCK_TIME, this::look);
  }

  @Override
  public void process(Record<String, byte[]> record) {
    var model = model(record.key());
    String topic = context.recordMetadata().orElseThrow().topic();
    try {
      if (topic.equals(Topics.LIFECYCLE.name())) {
        var event = Patience.retry(() -> lifecycle.deserialize(topic, record.value()));
        var input = event == null ? null : Wire.input(event);
        if (model == null) {
          hearUndefined(record, input);
        } else {
          hear(model, input);
        }
      } else if (model == null) {
        rejectUndefined(record);
      } else if (topic.equals(Topics.SCHEDULE_TICKS.name())) {
        var tick = Patience.retry(() -> ticks.deserialize(topic, record.value()));
        hear(model, tick == null ? null : Wire.input(tick));
      } else {
        message(record, model, JsonCodec.decode(record.value(), Message.class));
      }
    } catch (SerializationException e) {
      outbox.reject(record, null, "malformed-avro", String.valueOf(e.getMessage()));
    }
  }

  private void rejectUndefined(Record<String, byte[]> record) {
    String reason = "a record of model %s, which has no definition".formatted(record.key());
    outbox.reject(record, null, "unknown-model", reason);
  }

  /// What happened to a model's trainings happened, with a definition or without: else a request
  /// that ended in between would be in flight for ever once the definition is back. Nothing is
  /// asked for.
  private void hearUndefined(Record<String, byte[]> record, @Nullable PolicyInput input) {
    if (policies.get(record.key()) == null) {
      rejectUndefined(record);
    } else if (input != null) {
      noteUndefined(record.key(), input);
    }
  }

  private void noteUndefined(String key, PolicyInput input) {
    var policy = new RetrainingPolicy(key, 0, RetrainingSettings.DEFAULT);
    var state = decoded(policies, key, RetrainingState.class, RetrainingState.NEW);
    policies.put(key, JsonCodec.encode(policy.apply(state, new PolicyEvent.Noted(input))));
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

  private void message(Record<String, byte[]> record, Model model, Message message) {
    switch (message) {
      case Message.Progress progress ->
          hear(model, new PolicyInput.Advanced(progress.rowsByHour(), progress.newestMicros()));
      case Message.OfScores(Message ofScores) ->
          counted(record, model, Evidence.PREDICTIONS, model.key() + SCORES, ofScores);
      case Message.Loss loss -> lost(model, loss);
      case Message.CountingStarted _, Message.DayCounts _ ->
          counted(record, model, Evidence.FEATURES, model.key(), message);
    }
  }

  private void lost(Model model, Message.Loss loss) {
    byte[] bytes = losses.get(model.key());
    var before = bytes == null ? null : JsonCodec.decode(bytes, LossWatch.class);
    var heard = LossWatch.hear(before, loss, model.rules().losses());
    losses.put(model.key(), JsonCodec.encode(heard.watch()));
    if (estimates.goesOff(model.key(), definitions.deployed(model.key()), loss)) {
      outbox.estimateOff(model, loss);
    }
    hear(model, heard.input());
  }

  private void look(long nowMillis) {
    definitions.refresh();
    var keys = new ArrayList<String>();
    try (var all = policies.all()) {
      all.forEachRemaining(entry -> keys.add(entry.key));
    }
    keys.stream().filter(key -> !key.endsWith(WAITS)).forEach(key -> look(key, nowMillis));
  }

  private void look(String key, long nowMillis) {
    var model = definitions.model(key);
    var inFlight = decoded(policies, key, RetrainingState.class, RetrainingState.NEW).requests();
    var waiting = decoded(policies, key + WAITS, ModelWaits.class, ModelWaits.NONE);
    var heard =
        waiting.at(
            nowMillis, model != null, inFlight.inFlight().keySet(), modelPatience.toMillis());
    for (String id : heard.expired()) {
      var expired = new PolicyInput.Ended(id, PolicyInput.End.EXPIRED);
      if (model == null) {
        noteUndefined(key, expired);
      } else {
        hear(model, expired);
      }
    }
    if (heard.isForgotten()) {
      forget(key);
    }
    policies.put(key + WAITS, JsonCodec.encode(heard.waits()));
  }

  private void forget(String key) {
    var state = decoded(policies, key, RetrainingState.class, RetrainingState.NEW);
    int slash = key.indexOf('/');
    var model = new ModelKey(key.substring(0, slash), key.substring(slash + 1));
    decoded(windows, key + SENSORS, SensorAlerts.class, SensorAlerts.NONE)
        .resolved(state.now())
        .forEach(change -> outbox.alert(model, change));
    policies.put(key, JsonCodec.encode(state.forgotten()));
    List.of(key, key + SCORES, key + SENSORS).forEach(windows::delete);
    losses.delete(key);
    estimates.forget(key);
  }

  private static <T> T decoded(
      KeyValueStore<String, byte[]> store, String key, Class<T> type, T none) {
    byte[] bytes = store.get(key);
    return bytes == null ? none : JsonCodec.decode(bytes, type);
  }

  /// @param key of the windows
  private void counted(
      Record<String, byte[]> record, Model model, Evidence evidence, String key, Message message) {
    byte[] bytes = windows.get(key);
    var known = bytes == null ? null : JsonCodec.decode(bytes, PartialWindows.class);
    if (message instanceof Message.CountingStarted started) {
      windows.put(key, JsonCodec.encode(PartialWindows.with(known, started)));
    } else if (message instanceof Message.DayCounts counts && known != null) {
      if (known.isLate(counts)) {
        rejectLate(record, model, counts);
      }
      windows.put(key, JsonCodec.encode(evaluate(model, evidence, known.with(counts))));
    }
  }

  private void rejectLate(Record<String, byte[]> record, Model model, Message.DayCounts counts) {
    String reason =
        "partition %d counted %d rows of %s, which was evaluated without them: it lags two days behind"
            .formatted(counts.partition(), counts.rows(), LocalDate.ofEpochDay(counts.day()));
    outbox.reject(record, model.organization(), "late-counts", reason);
  }

  /// Reports every short window that is complete now, and the long one that ends with it.
  private PartialWindows evaluate(Model model, Evidence evidence, PartialWindows counted) {
    var deployed = definitions.deployed(model.key());
    if (deployed == null || !deployed.deploymentId().equals(counted.deploymentId())) {
      return counted; // counted against a version that serves no longer
    }
    boolean estimated = model.rules().estimates() && estimates.isOn(model.key(), deployed);
    var judge = WindowJudge.of(model, deployed, evidence, counted.sensors(), estimated);
    var settings = model.retraining().windows();
    var partial = counted;
    for (var next = partial.nextShort(settings); next != null; next = partial.nextShort(settings)) {
      var whole = partial.longEndingWith(next, settings);
      partial = partial.evaluated(next, settings);
      report(model, judge.judge(Span.SHORT, next));
      if (whole != null) {
        report(model, judge.judge(Span.LONG, whole));
      }
    }
    return partial;
  }

  private void report(Model model, WindowJudge.Judged window) {
    outbox.report(model, window);
    var report = window.report();
    if (report.evidence() == Evidence.FEATURES && report.span() == Span.SHORT) {
      String key = model.key() + SENSORS;
      var alerts = decoded(windows, key, SensorAlerts.class, SensorAlerts.NONE);
      var heard = alerts.after(model, report);
      var modelKey = new ModelKey(model.organization(), model.name());
      heard.changes().forEach(change -> outbox.alert(modelKey, change));
      windows.put(key, JsonCodec.encode(heard.alerts()));
    }
    hear(model, new PolicyInput.Evaluated(report));
  }

  private void hear(Model model, @Nullable PolicyInput input) {
    if (input == null) {
      return;
    }
    var policy =
        new RetrainingPolicy(model.key(), model.failureWithinSeconds(), model.retraining());
    var state = decoded(policies, model.key(), RetrainingState.class, RetrainingState.NEW);
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
