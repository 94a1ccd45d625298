package dev.anneal.featurestream;

import dev.anneal.featurestream.OrganizationState.Shape;
import dev.anneal.featurestream.RowStore.Start;
import dev.anneal.schemas.SchemaRegistry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.processor.api.ProcessingContext;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The states of a task's organizations: made by replay when a first record needs one, and made
/// anew, between two records, when a definition changed what they depend on.
final class OrganizationStates {
  private static final Logger LOG = LoggerFactory.getLogger(OrganizationStates.class);
  private static final String PREFIX = "anneal.telemetry.";

  private final ProcessingContext context;
  private final Definitions definitions;
  private final SchemaRegistry registry;
  private final DefinitionWaits waits;
  private final TelemetryLog log;
  private final Outbox outbox;
  private final RowStore rows;
  private final Map<String, OrganizationState> current = new HashMap<>();
  private final Map<String, OrganizationState> unchecked = new HashMap<>();

  OrganizationStates(
      ProcessingContext context,
      Definitions definitions,
      SchemaRegistry registry,
      DefinitionWaits waits,
      TelemetryLog log,
      Outbox outbox) {
    this.context = context;
    this.definitions = definitions;
    this.registry = registry;
    this.waits = waits;
    this.log = log;
    this.outbox = outbox;
    this.rows = new RowStore(context.getStateStore(RowStore.NAME));
  }

  /// Name of the organization with this telemetry topic.
  static String organization(String topic) {
    return topic.substring(PREFIX.length());
  }

  /// The state of a record's organization and partition before the record; null when the
  /// organization has no definition.
  @Nullable OrganizationState before(RecordMetadata record) {
    while (true) {
      long seen = definitions.changes();
      if (definitions.refresh()) {
        unchecked.putAll(current);
        current.clear();
        forgetUncounted();
      }
      var known = current.get(record.topic());
      if (known != null) {
        return known;
      }
      String name = organization(record.topic());
      var organization = definitions.organization(name);
      if (organization != null) {
        waits.defined(name);
        var state = of(organization, record);
        current.put(record.topic(), state);
        return state;
      }
      unchecked.remove(record.topic());
      var left = waits.untilNextLook(name, System.nanoTime()); // the definition may be on its way
      if (!left.isPositive() || Thread.currentThread().isInterrupted()) {
        return null;
      }
      definitions.awaitChange(seen, left);
    }
  }

  private OrganizationState of(Organization organization, RecordMetadata record) {
    var models = definitions.models(organization);
    var before = unchecked.remove(record.topic());
    if (before != null) {
      if (before.shape().equals(Shape.of(organization, models))) {
        return before;
      }
      before.save(record.offset());
      forgetUncounted(); // what that stored of a model that is gone
    }
    var partition = new TopicPartition(record.topic(), record.partition());
    var rebuild =
        new Rebuild(
            organization.name(),
            partition,
            log,
            rows,
            models.stream().map(Model::specification).toList());
    long begin = System.nanoTime();
    var state =
        rebuild.to(
            record.offset(),
            start -> empty(organization, models, partition, start, record.offset()),
            (from, to) -> tellLost(organization, partition, from, to));
    LOG.info(
        "{} to offset {}: state made from {} rows in {} ms",
        partition,
        record.offset(),
        rebuild.rows(),
        (System.nanoTime() - begin) / 1_000_000);
    return state;
  }

  private OrganizationState empty(
      Organization organization,
      List<Model> models,
      TopicPartition partition,
      Start start,
      long offset) {
    var drift = models.stream().map(model -> drift(model, partition.partition())).toList();
    String name = organization.name();
    return new OrganizationState(
        organization,
        new OrganizationFeatures(organization, models, registry),
        new ProgressCounts(context.getStateStore(ProgressCounts.NAME), name, offset),
        drift,
        new ReplayRange(name, partition, log, rows, start, ReplayRange.REPLAY_ROWS));
  }

  private DriftCounts drift(Model model, int partition) {
    var counts =
        new DriftCounts(
            new StoredCounts(context.getStateStore(DriftCounts.NAME), model.key()),
            partition,
            model.specification().names(),
            model.specification().sensors(),
            model.rules().sensors());
    counts.resume(definitions.deployed(model.key()));
    return counts;
  }

  /// Counts of models that are computed no more. They would lack the rows that come until they are
  /// again.
  private void forgetUncounted() {
    StoredCounts.retain(context.getStateStore(DriftCounts.NAME), definitions::isComputed);
  }

  private void tellLost(Organization organization, TopicPartition partition, long from, long to) {
    String reason =
        "rows of offsets %d to %d are deleted: features that look back to them are computed without"
            .formatted(from, to - 1);
    outbox.reject(
        new Rejection(
            "deleted-telemetry",
            reason,
            organization.name(),
            partition.topic(),
            partition.partition(),
            from,
            null,
            null));
  }
}
