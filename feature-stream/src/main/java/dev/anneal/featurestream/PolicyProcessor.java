package dev.anneal.featurestream;

import dev.anneal.events.LifecycleEvent;
import dev.anneal.events.ScheduleTick;
import dev.anneal.policy.Evidence;
import dev.anneal.policy.PolicyInput;
import dev.anneal.schemas.AvroSerde;
import dev.anneal.schemas.ModelKey;
import dev.anneal.schemas.Topics;
import java.time.Duration;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/// Drift windows and the retraining policy of the models of one partition: hears the features'
/// messages, lifecycle events and ticks; sends drift reports, decisions and train requests. Now and
/// then it looks what has been waited for too long.
final class PolicyProcessor implements Processor<String, byte[], byte[], Outgoing> {
  static final String WINDOWS = "drift-windows";
  static final String POLICIES = "retraining";
  static final String LOSSES = "loss-watches";
  static final String SINK = "policy-sink";

  private static final Duration LOOK_EVERY = Duration.ofMinutes(10);

  private final ModelTables tables;
  private final DefinitionWaits waits;
  private final Duration modelPatience;
  private final Deserializer<LifecycleEvent> lifecycle;
  private final Deserializer<ScheduleTick> ticks;
  private ProcessorContext<byte[], Outgoing> context;
  private Outbox outbox;
  private Definitions definitions;
  private JsonStore losses;
  private Estimates estimates;
  private ModelPolicies policies;
  private DriftWindows windows;

  @SuppressWarnings("NullAway") // Kafka Streams calls init first
  PolicyProcessor(ModelTables tables, DefinitionWaits waits, Duration modelPatience) {
    this.tables = tables;
    this.waits = waits;
    this.modelPatience = modelPatience;
    this.lifecycle = new AvroSerde<>(LifecycleEvent.class, tables.registry()).deserializer();
    this.ticks = new AvroSerde<>(ScheduleTick.class, tables.registry()).deserializer();
  }

  @Override
  public void init(ProcessorContext<byte[], Outgoing> context) {
    this.context = context;
    this.outbox = new Outbox(context, SINK, "", tables.registry());
    this.definitions = tables.in(context);
    this.losses = JsonStore.of(context, LOSSES);
    this.estimates = new Estimates(losses);
    this.policies = new ModelPolicies(JsonStore.of(context, POLICIES), outbox);
    this.windows = new DriftWindows(JsonStore.of(context, WINDOWS), estimates, policies, outbox);
    context.schedule(LOOK_EVERY, PunctuationType.WALL_CLOCK_TIME, this::look);
  }

  @Override
  public void process(Record<String, byte[]> record) {
    String topic = context.recordMetadata().orElseThrow().topic();
    try {
      if (topic.equals(Topics.LIFECYCLE.name())) {
        var event = Patience.retry(() -> lifecycle.deserialize(topic, record.value()));
        heard(record, event == null ? null : Wire.input(event));
        return;
      }
      var model = model(record.key());
      if (model == null) {
        rejectUndefined(record);
      } else if (topic.equals(Topics.SCHEDULE_TICKS.name())) {
        var tick = Patience.retry(() -> ticks.deserialize(topic, record.value()));
        policies.hear(model, tick == null ? null : Wire.input(tick));
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

  /// What happened to trainings counts without a definition, so none is waited for: whoever asks
  /// for a training of a model that nobody defined holds up no other.
  private void heard(Record<String, byte[]> record, @Nullable PolicyInput input) {
    if (record.key() == null) {
      rejectUndefined(record);
      return;
    }
    definitions.refresh();
    var model = definitions.model(record.key());
    if (model != null) {
      policies.hear(model, input);
    } else if (input != null) {
      policies.note(record.key(), input);
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
      var left = waits.untilNextLook(key, System.nanoTime());
      if (!left.isPositive() || Thread.currentThread().isInterrupted()) {
        return null;
      }
      definitions.awaitChange(seen, left);
    }
  }

  private void message(Record<String, byte[]> record, Model model, Message message) {
    var deployed = definitions.deployed(model.key());
    switch (message) {
      case Message.Progress progress ->
          policies.hear(
              model, new PolicyInput.Advanced(progress.rowsByHour(), progress.newestMicros()));
      case Message.OfScores(Message ofScores) ->
          windows.counted(record, model, deployed, Evidence.PREDICTIONS, ofScores);
      case Message.Loss loss -> lost(model, deployed, loss);
      case Message.CountingStarted _, Message.DayCounts _ ->
          windows.counted(record, model, deployed, Evidence.FEATURES, message);
    }
  }

  private void lost(Model model, @Nullable Deployed deployed, Message.Loss loss) {
    var before = losses.get(model.key(), LossWatch.class);
    var heard = LossWatch.hear(before, loss, model.rules().losses());
    losses.put(model.key(), heard.watch());
    if (estimates.goesOff(model.key(), deployed, loss)) {
      outbox.estimateOff(model, loss);
    }
    policies.hear(model, heard.input());
  }

  private void look(long nowMillis) {
    definitions.refresh();
    for (String key : policies.keys()) {
      if (policies.look(key, definitions.model(key), nowMillis, modelPatience)) {
        forget(key);
      }
    }
  }

  private void forget(String key) {
    windows.forget(ModelKey.at(key), policies.forget(key));
    losses.delete(key);
    estimates.forget(key);
  }
}
