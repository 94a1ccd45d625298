package dev.anneal.featurestream;

import dev.anneal.drift.ReferenceProfile;
import dev.anneal.drift.SensorLimits;
import dev.anneal.events.Outcome;
import dev.anneal.events.Prediction;
import dev.anneal.features.RowLimits;
import dev.anneal.schemas.AvroSerde;
import dev.anneal.schemas.Micros;
import dev.anneal.schemas.ModelKey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/// Predictions and outcomes of one partition of every organization: tells the models' policies the
/// losses of the versions that serve, once labels are known, and how their scores are distributed.
/// Predictions of another version than the one that serves, and of models without a horizon, say
/// nothing here.
final class LossProcessor implements Processor<String, byte[], byte[], Outgoing> {
  static final String LOSSES = "losses";
  static final String SCORES = "score-counts";
  static final String SINK = "loss-sink";
  static final String COUNTS = "loss-bytes";

  private static final String OUTCOMES = "anneal.outcomes.";

  private final ModelTables tables;
  private final Deserializer<Prediction> predictions;
  private final Deserializer<Outcome> outcomes;
  private final Map<String, Scores> scores = new HashMap<>();
  private ProcessorContext<byte[], Outgoing> context;
  private Outbox outbox;
  private Definitions definitions;
  private KnownOutcomes known;
  private ModelLosses losses;

  /// One model's scores in this partition.
  private static final class Scores {
    final DriftCounts counts;
    long newestMicros = Long.MIN_VALUE;

    Scores(DriftCounts counts) {
      this.counts = counts;
    }
  }

  @SuppressWarnings("NullAway") // Kafka Streams calls init first
  LossProcessor(ModelTables tables) {
    this.tables = tables;
    this.predictions = new AvroSerde<>(Prediction.class, tables.registry()).deserializer();
    this.outcomes = new AvroSerde<>(Outcome.class, tables.registry()).deserializer();
  }

  @Override
  public void init(ProcessorContext<byte[], Outgoing> context) {
    scores.clear();
    this.context = context;
    this.outbox = new Outbox(context, SINK, COUNTS, tables.registry());
    this.definitions = tables.in(context);
    var store = JsonStore.of(context, LOSSES);
    this.known = new KnownOutcomes(store);
    this.losses = new ModelLosses(store, known, outbox);
  }

  @Override
  public void process(Record<String, byte[]> record) {
    if (definitions.refresh()) {
      forgetUndefined();
    }
    var origin = context.recordMetadata().orElseThrow();
    try {
      if (origin.topic().startsWith(OUTCOMES)) {
        String organization = origin.topic().substring(OUTCOMES.length());
        var outcome = Patience.retry(() -> outcomes.deserialize(origin.topic(), record.value()));
        if (outcome != null) {
          heard(record, organization, outcome);
        }
      } else {
        var prediction =
            Patience.retry(() -> predictions.deserialize(origin.topic(), record.value()));
        if (prediction != null) {
          predicted(prediction, origin.partition(), origin.offset());
        }
      }
    } catch (SerializationException e) {
      outbox.reject(record, null, "malformed-avro", String.valueOf(e.getMessage()));
    }
  }

  /// What is known of models whose definition is gone; one of that name later begins anew. Counts
  /// go also where it cannot be read: they would lack the scores that come meanwhile.
  private void forgetUndefined() {
    scores.keySet().removeIf(key -> definitions.model(key) == null);
    StoredCounts.retain(
        context.getStateStore(SCORES), key -> definitions.model(key.toString()) != null);
    losses.retain(definitions::isDefined);
  }

  private void heard(Record<String, byte[]> record, String organization, Outcome outcome) {
    long micros = Micros.of(outcome.getEventTime());
    long knownMicros = Micros.of(outcome.getKnownTime());
    if (Wire.isProgress(outcome)) {
      known.reached(organization, knownMicros);
    } else if (Wire.isFailure(outcome) && limits(organization).isPlausible(micros, knownMicros)) {
      known.failed(organization, outcome);
    } else if (Wire.isFailure(outcome)) {
      String reason =
          "event time %s is before 1970, or too far after the known time %s"
              .formatted(outcome.getEventTime(), outcome.getKnownTime());
      outbox.reject(record, organization, "bad-event-time", reason);
    }
  }

  private RowLimits limits(String name) {
    var organization = definitions.organization(name);
    return OrganizationFeatures.limits(
        organization == null ? List.of() : definitions.models(organization));
  }

  private void predicted(Prediction prediction, int partition, long offset) {
    var key = new ModelKey(prediction.getOrganization(), prediction.getModel()).toString();
    var model = definitions.model(key);
    var deployed = definitions.deployed(key);
    if (model == null || deployed == null || !deployed.version().equals(prediction.getVersion())) {
      return;
    }
    long micros = Micros.of(prediction.getEventTime());
    countScore(model, deployed, prediction, micros, partition, offset);
    if (model.failureWithinSeconds() > 0) {
      var sample =
          new AssetLosses.Sample(
              micros, prediction.getScore(), Micros.of(prediction.getScoredAt()));
      losses.add(model, deployed, prediction.getAsset(), sample);
    }
  }

  private void countScore(
      Model model,
      Deployed deployed,
      Prediction prediction,
      long micros,
      int partition,
      long offset) {
    var reference = deployed.reference().ofCountedScores();
    if (reference == null) {
      return; // a version from before scores were profiled
    }
    var of =
        scores.computeIfAbsent(model.key(), key -> scoresOf(key, deployed, reference, partition));
    var counts = of.counts;
    long newest = Math.max(of.newestMicros, micros);
    Consumer<Message> policy =
        message -> outbox.policy(model, new Message.OfScores(message), newest);
    // a version's first score comes at any time of a day, which is then not whole
    counts.follow(deployed.with(reference), newest, offset, policy);
    if (counts.isDue(offset)) {
      counts.count(ReferenceProfile.counted(prediction.getScore()), micros);
      counts.save(offset + 1);
    }
    counts.close(newest, policy);
    of.newestMicros = newest;
  }

  private Scores scoresOf(
      String key, Deployed deployed, ReferenceProfile reference, int partition) {
    var counts =
        new DriftCounts(
            new StoredCounts(context.getStateStore(SCORES), key),
            partition,
            ReferenceProfile.COUNTED_SCORES,
            List.of(),
            SensorLimits.DEFAULT);
    counts.resume(deployed.with(reference));
    return new Scores(counts);
  }
}
