package dev.anneal.featurestream;

import dev.anneal.events.Definition;
import dev.anneal.events.Deployment;
import dev.anneal.schemas.AvroSerde;
import dev.anneal.schemas.ModelKey;
import dev.anneal.schemas.SchemaRegistry;
import dev.anneal.schemas.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.kafka.streams.processor.api.ProcessingContext;
import org.jspecify.annotations.Nullable;

/// A task's view of organizations, models and deployments. For one thread.
final class Definitions {
  static SharedTable definitionsTable() {
    return new SharedTable("definitions");
  }

  static SharedTable deploymentsTable() {
    return new SharedTable("deployments");
  }

  /// One definition: of an organization or of a model.
  private record Entry(@Nullable Organization organization, @Nullable Model model) {}

  private final SharedTable definitionsTable;
  private final DecodedTable<Entry> definitions;
  private final DecodedTable<Deployed> deployments;
  private final Rejections rejections;

  /// Hears of definitions and deployments that cannot be used.
  interface Rejections {
    void reject(String topic, String key, byte[] value, String code, String reason);
  }

  Definitions(
      ProcessingContext context,
      SharedTable definitionsTable,
      SharedTable deploymentsTable,
      SchemaRegistry registry,
      Rejections rejections) {
    var definition = new AvroSerde<>(Definition.class, registry).deserializer();
    var deployment = new AvroSerde<>(Deployment.class, registry).deserializer();
    this.definitionsTable = definitionsTable;
    this.definitions =
        new DecodedTable<>(
            definitionsTable,
            context.getStateStore(definitionsTable.store()),
            bytes -> entry(definition.deserialize(Topics.MODELS.name(), bytes)));
    this.deployments =
        new DecodedTable<>(
            deploymentsTable,
            context.getStateStore(deploymentsTable.store()),
            bytes ->
                WireDeployments.deployed(deployment.deserialize(Topics.DEPLOYMENTS.name(), bytes)));
    this.rejections = rejections;
  }

  private static Entry entry(Definition definition) {
    return new Entry(WireDefinitions.organization(definition), WireDefinitions.model(definition));
  }

  /// Takes in what changed.
  ///
  /// @return whether a definition did; deployments are read at each use
  boolean refresh() {
    deployments.refresh(
        (key, value, reason) -> reject(Topics.DEPLOYMENTS.name(), key, value, reason));
    return definitions.refresh(
        (key, value, reason) -> reject(Topics.MODELS.name(), key, value, reason));
  }

  private void reject(String topic, String key, byte[] value, String reason) {
    rejections.reject(topic, key, value, "bad-definition", reason);
  }

  @Nullable Organization organization(String name) {
    var entry = definitions.get(name);
    return entry == null ? null : entry.organization();
  }

  @Nullable Model model(String key) {
    var entry = definitions.get(key);
    return entry == null ? null : entry.model();
  }

  /// Whether there is a definition, be it one that cannot be read: what it defines is not gone.
  boolean isDefined(ModelKey key) {
    return definitions.has(key.toString());
  }

  /// Whether features are computed for the model.
  boolean isComputed(ModelKey key) {
    var organization = organization(key.organization());
    return organization != null
        && models(organization).stream().anyMatch(model -> model.name().equals(key.model()));
  }

  /// The organization's models whose sensors it has.
  List<Model> models(Organization organization) {
    var models = new ArrayList<Model>();
    for (var entry : definitions.values()) {
      var model = entry.model();
      if (model != null
          && model.organization().equals(organization.name())
          && organization.sensors().containsAll(model.specification().sensors())) {
        models.add(model);
      }
    }
    models.sort(Comparator.comparing(Model::name));
    return models;
  }

  @Nullable Deployed deployed(String modelKey) {
    return deployments.get(modelKey);
  }

  /// Counts the changes of definitions.
  long changes() {
    return definitionsTable.changes();
  }

  /// Waits until the count of changes differs from `seen`, at most for `patience`.
  void awaitChange(long seen, Duration patience) {
    definitionsTable.awaitChange(seen, patience);
  }
}
