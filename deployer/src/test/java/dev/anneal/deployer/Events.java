package dev.anneal.deployer;

import dev.anneal.events.DataCut;
import dev.anneal.events.Definition;
import dev.anneal.events.DeployAction;
import dev.anneal.events.DeployCommand;
import dev.anneal.events.DriftSettings;
import dev.anneal.events.GateLimits;
import dev.anneal.events.LifecycleEvent;
import dev.anneal.events.ModelDefinition;
import dev.anneal.events.ModelTrained;
import dev.anneal.events.ReferenceProfile;
import dev.anneal.schemas.EventIds;
import dev.anneal.schemas.ModelKey;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Events that other stages send to the deployer.
final class Events {
  private Events() {}

  static Definition definition(ModelKey key) {
    return definition(key, TinyModel.FEATURES);
  }

  static Definition definition(ModelKey key, List<String> sensors) {
    var drift =
        DriftSettings.newBuilder()
            .setCooldownSeconds(0)
            .setMinimumLabels(0)
            .setInitialHistorySeconds(0)
            .setPersistence(1)
            .setPersistenceOf(1)
            .build();
    var model =
        ModelDefinition.newBuilder()
            .setOrganization(key.organization())
            .setModel(key.model())
            .setTask("binary")
            .setSensors(sensors)
            .setLagSeconds(List.of())
            .setRollingWindows(List.of())
            .setFailureProbability(.85)
            .setConfidenceThreshold(.7)
            .setHyperparameters(Map.of())
            .setRetryAttempts(0)
            .setNotifyOnSuccess(true)
            .setNotifyOnFailure(true)
            .setDrift(drift)
            // the latency limit is generous: tests share the machine
            .setGate(new GateLimits(.7, .7, .7, 100L << 20, 1_000.0))
            .build();
    return new Definition(Instant.EPOCH, model);
  }

  static LifecycleEvent trained(VersionRef version) {
    var trained =
        ModelTrained.newBuilder()
            .setRunId("run-" + version.version())
            .setAttempt(1)
            .setVersion(version.version())
            .setArtifactUri(version.artifact().toString())
            .setArtifactSha256(version.sha256())
            .setSizeBytes(1)
            .setFeatures(version.features())
            .setMetrics(Map.of())
            .setParityMaxDelta(0)
            .setTrainingRows(1)
            .setPositiveRows(1)
            .setValidationRows(1)
            .setDataFrom(Instant.EPOCH)
            .setDataTo(Instant.EPOCH)
            .setDataCut(new DataCut(List.of(), Instant.EPOCH))
            .setTrainingSeconds(1)
            .setReferenceProfile(
                new ReferenceProfile(
                    42L, Instant.EPOCH, Instant.EPOCH, List.of(), null, null, null))
            .build();
    return LifecycleEvent.newBuilder()
        .setEventId(EventIds.of("trained", version.key(), version.version()))
        .setOrganization(version.key().organization())
        .setModel(version.key().model())
        .setOccurredAt(Instant.EPOCH)
        .setRequestId("request-" + version.version())
        .setEvent(trained)
        .build();
  }

  static DeployCommand rollback(ModelKey key, String id, @Nullable String toVersion) {
    return DeployCommand.newBuilder()
        .setCommandId(id)
        .setOrganization(key.organization())
        .setModel(key.model())
        .setAction(DeployAction.ROLLBACK)
        .setToVersion(toVersion)
        .setRequestedBy("ann")
        .setReason("worse on line 3")
        .setRequestedAt(Instant.now())
        .build();
  }
}
