package dev.anneal.deployer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;
import static org.awaitility.Awaitility.await;

import dev.anneal.events.Alert;
import dev.anneal.events.CommandRejected;
import dev.anneal.events.DeadLetter;
import dev.anneal.events.Deployment;
import dev.anneal.events.LifecycleEvent;
import dev.anneal.events.ModelDeployed;
import dev.anneal.events.ModelRejected;
import dev.anneal.events.ModelRolledBack;
import dev.anneal.events.ModelTrained;
import dev.anneal.events.ModelValidated;
import dev.anneal.events.Prediction;
import dev.anneal.schemas.Micros;
import dev.anneal.schemas.ModelKey;
import dev.anneal.schemas.Stage;
import dev.anneal.schemas.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The stage end to end; each test has a model of its own.
class DeployerStageTest {
  private static final String V1 = "v2024-01-01T00-00-00-000Z_aaaaaaaa";
  private static final String V2 = "v2024-01-02T00-00-00-000Z_bbbbbbbb";
  private static final String V3 = "v2024-01-03T00-00-00-000Z_cccccccc";
  private static final String LATER = "v2999-01-01T00-00-00-000Z_dddddddd";

  @TempDir private static Path directory;
  private static DeployerStage stage;

  @BeforeAll
  static void start() throws IOException {
    stage = new DeployerStage(directory);
  }

  @AfterAll
  static void stop() {
    stage.close();
  }

  private static TinyModel model(ModelKey key, String version, double splitAt, double probability) {
    return new TinyModel(key, version, (float) splitAt, probability);
  }

  private static LifecycleEvent train(TinyModel model) {
    var trained = Events.trained(model.storeIn(stage.store()));
    send(trained);
    return trained;
  }

  private static void send(LifecycleEvent event) {
    stage.send(Topics.LIFECYCLE, Wire.key(event).toString(), event);
  }

  private static List<LifecycleEvent> lifecycle(ModelKey key) {
    return stage.read(Topics.LIFECYCLE).stream()
        .filter(e -> Wire.key(e).equals(key) && !(e.getEvent() instanceof ModelTrained))
        .toList();
  }

  private static void awaitLifecycle(ModelKey key, Class<?>... types) {
    await()
        .untilAsserted(
            () ->
                assertThat(lifecycle(key))
                    .<Class<?>>extracting(e -> e.getEvent().getClass())
                    .containsExactly(types));
  }

  private static List<Deployment> deployments(ModelKey key) {
    return stage.read(Topics.DEPLOYMENTS).stream()
        .filter(
            d -> d.getOrganization().equals(key.organization()) && d.getModel().equals(key.model()))
        .toList();
  }

  private static List<Prediction> predictions(ModelKey key) {
    return stage.read(Topics.predictions(key.organization()));
  }

  @Test
  void candidateServesAndGivesWayAndComesBack() {
    // Given a model, and rows from before its first version
    var key = new ModelKey("loop", "pump-failure");
    stage.define(key);
    stage.sendRow(key, "p1", 1_000_000, 60);
    await().until(() -> stage.scored(key) == 1);

    // When its first version is trained
    var first = train(model(key, V1, 55, .9));
    awaitLifecycle(key, ModelValidated.class, ModelDeployed.class);
    stage.sendRow(key, "p1", 2_000_000, 60);
    stage.sendRow(key, "p1", 3_000_000, 52);

    // Then rows from then on are scored
    await().untilAsserted(() -> assertThat(predictions(key)).hasSize(2));
    assertThat(predictions(key)).extracting(Prediction::getVersion).containsOnly(V1);
    assertThat(predictions(key)).extracting(Prediction::getLabel).containsExactly("1", "0");
    assertThat(predictions(key).getFirst().getScore()).isCloseTo(.9, within(1e-6));
    assertThat(deployments(key))
        .singleElement()
        .satisfies(d -> assertThat(d.getReferenceProfile().getRows()).isEqualTo(42))
        .satisfies(d -> assertThat(d.getRequestId()).isEqualTo(first.getRequestId()));

    // When a better one is trained, the old one delivered once more, and then the better one rolled
    // back
    train(model(key, V2, 50, .95));
    awaitLifecycle(
        key, ModelValidated.class, ModelDeployed.class, ModelValidated.class, ModelDeployed.class);
    stage.sendRow(key, "p1", 4_000_000, 52);
    await().untilAsserted(() -> assertThat(predictions(key)).hasSize(3));
    send(first);
    stage.send(Topics.DEPLOY_COMMANDS, key.toString(), Events.rollback(key, "c-loop", null));
    awaitLifecycle(
        key,
        ModelValidated.class,
        ModelDeployed.class,
        ModelValidated.class,
        ModelDeployed.class,
        ModelRolledBack.class);
    stage.sendRow(key, "p1", 5_000_000, 52);

    // Then each row was scored by the version of its time
    await().untilAsserted(() -> assertThat(predictions(key)).hasSize(4));
    assertThat(predictions(key)).extracting(Prediction::getVersion).containsExactly(V1, V1, V2, V1);
    assertThat(predictions(key))
        .extracting(Prediction::getLabel)
        .containsExactly("1", "0", "1", "0");
    assertThat(deployments(key)).extracting(Deployment::getVersion).containsExactly(V1, V2, V1);
    assertThat(lifecycle(key)).extracting(LifecycleEvent::getEventId).doesNotHaveDuplicates();

    // When the deployer starts again and rows come
    stage.restart();
    stage.sendRow(key, "p1", 6_000_000, 52);

    // Then it goes on where it was
    await().untilAsserted(() -> assertThat(predictions(key)).hasSize(5));
    assertThat(predictions(key).getLast().getVersion()).isEqualTo(V1);
    assertThat(
            stage
                .bean(ServingModels.class)
                .isReady(Wire.deployment(deployments(key).get(1)).version()))
        .isTrue();

    // When a better one comes that was asked for before the rollback, and one asked for after it
    train(model(key, V3, 50, .96));
    train(model(key, LATER, 50, .97));

    // Then only the later one follows the person's choice
    await().untilAsserted(() -> assertThat(deployments(key)).hasSize(4));
    assertThat(deployments(key).getLast().getVersion()).isEqualTo(LATER);
    assertThat(lifecycle(key))
        .map(LifecycleEvent::getEvent)
        .filteredOn(ModelRejected.class::isInstance)
        .singleElement()
        .extracting(e -> ((ModelRejected) e).getReason(), STRING)
        .startsWith("rolled-back: ann put " + V1 + " in service after this training was asked for");
  }

  @Test
  void redeliveryMakesNoSecondDeployment() {
    // Given
    var key = new ModelKey("again", "pump-failure");
    stage.define(key);
    var first = train(model(key, V1, 50, .9));
    awaitLifecycle(key, ModelValidated.class, ModelDeployed.class);

    // When the candidate is delivered again, now and after a restart, and then a worse one
    send(first);
    stage.restart();
    send(first);
    train(model(key, V2, 80, .9));

    // Then
    awaitLifecycle(key, ModelValidated.class, ModelDeployed.class, ModelRejected.class);
    assertThat(deployments(key)).hasSize(1);
  }

  @Test
  void crashBetweenDeploymentAndEventsIsRepairedByTheRedelivery() {
    // Given a deployment whose events were never published
    var key = new ModelKey("crash", "pump-failure");
    stage.define(key);
    var trained = Events.trained(model(key, V1, 50, .9).storeIn(stage.store()));
    var candidate = Wire.candidate(trained).orElseThrow();
    var deployment = Decisions.deployment(candidate, null, Instant.EPOCH);
    stage.send(Topics.DEPLOYMENTS, key.toString(), Wire.toDeployment(deployment));
    await().until(() -> stage.bean(ServingModels.class).isServing(candidate.version()));

    // When
    send(trained);

    // Then
    awaitLifecycle(key, ModelValidated.class, ModelDeployed.class);
    assertThat(deployments(key)).hasSize(1);
  }

  @Test
  void rejectsWhatTheGateDoesNotPass() {
    // Given a model whose second version serves
    var key = new ModelKey("strict", "pump-failure");
    stage.define(key);
    train(model(key, V2, 50, .9));
    awaitLifecycle(key, ModelValidated.class, ModelDeployed.class);

    // When an older one comes, one that is worse, and one that is damaged
    train(model(key, V1, 50, .95));
    train(model(key, V3, 90, .9));
    var damaged = model(key, "v2024-01-04T00-00-00-000Z_dddddddd", 50, .95).storeIn(stage.store());
    corrupt(damaged);
    send(Events.trained(damaged));

    // Then each is told why not
    awaitLifecycle(
        key,
        ModelValidated.class,
        ModelDeployed.class,
        ModelRejected.class,
        ModelRejected.class,
        ModelRejected.class);
    var reasons =
        lifecycle(key).stream()
            .filter(e -> e.getEvent() instanceof ModelRejected)
            .map(e -> ((ModelRejected) e.getEvent()).getReason())
            .toList();
    assertThat(reasons.get(0)).startsWith("superseded").contains(V2);
    assertThat(reasons.get(1)).contains("recall", "below", "significantly worse");
    assertThat(reasons.get(2)).startsWith("unusable").contains("damaged");
    assertThat(deployments(key)).hasSize(1);
  }

  private static void corrupt(VersionRef version) {
    try {
      Path file = Path.of(version.artifact()).resolve("model.onnx");
      byte[] bytes = Files.readAllBytes(file);
      bytes[bytes.length / 2] ^= 1;
      Files.write(file, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void deployedVersionThatCannotBeLoadedLeavesTheOldOneAndRaisesAnAlert() throws IOException {
    // Given a version that serves
    var key = new ModelKey("damaged", "pump-failure");
    stage.define(key);
    train(model(key, V1, 50, .9));
    awaitLifecycle(key, ModelValidated.class, ModelDeployed.class);

    // When another one is deployed whose artifact was damaged since
    var second = model(key, V2, 50, .95);
    var version = second.storeIn(stage.store());
    byte[] sound = Files.readAllBytes(Path.of(version.artifact()).resolve("model.onnx"));
    corrupt(version);
    var candidate = Wire.candidate(Events.trained(version)).orElseThrow();
    var deployment =
        Decisions.deployment(
            candidate, stage.bean(ModelStates.class).of(key).current(), Instant.EPOCH);
    stage.send(Topics.DEPLOYMENTS, key.toString(), Wire.toDeployment(deployment));

    // Then the old one goes on and an alert says so
    await().untilAsserted(() -> assertThat(alerts(key, AlertWire.MODEL_LOAD_FAILED)).hasSize(1));
    assertThat(alerts(key, AlertWire.MODEL_LOAD_FAILED).getFirst().getMessage())
        .contains(V2, "damaged");
    stage.sendRow(key, "p1", 1_000_000, 60);
    await().untilAsserted(() -> assertThat(predictions(key)).hasSize(1));
    assertThat(predictions(key).getFirst().getVersion()).isEqualTo(V1);

    // And so it does after a restart
    stage.restart();
    stage.sendRow(key, "p1", 2_000_000, 60);
    await().untilAsserted(() -> assertThat(predictions(key)).hasSize(2));
    assertThat(predictions(key).getLast().getVersion()).isEqualTo(V1);

    // When the artifact is restored
    Files.write(Path.of(version.artifact()).resolve("model.onnx"), sound);

    // Then it serves and the alert is resolved
    await().until(() -> stage.bean(ServingModels.class).isServing(version));
    await()
        .untilAsserted(
            () ->
                assertThat(alerts(key, AlertWire.MODEL_LOAD_FAILED))
                    .hasSize(2)
                    .last()
                    .extracting(Alert::getResolvedAt)
                    .isNotNull());
    assertThat(alerts(key, AlertWire.MODEL_LOAD_FAILED))
        .extracting(Alert::getAlertId)
        .containsOnly(alerts(key, AlertWire.MODEL_LOAD_FAILED).getFirst().getAlertId());
  }

  private static List<Alert> alerts(ModelKey key, String kind) {
    return stage.read(Topics.ALERTS).stream()
        .filter(a -> a.getOrganization().equals(key.organization()) && a.getKind().equals(kind))
        .toList();
  }

  @Test
  void refusesCommandsThatCannotBeCarriedOut() {
    var unknown = new ModelKey("nobody", "nothing");
    stage.send(
        Topics.DEPLOY_COMMANDS, unknown.toString(), Events.rollback(unknown, "c-unknown", null));

    awaitLifecycle(unknown, CommandRejected.class);
    assertThat(((CommandRejected) lifecycle(unknown).getFirst().getEvent()).getCode())
        .isEqualTo("unknown-model");
  }

  @Test
  void malformedRowsAreDeadLettersAndTheRestGoesOn() {
    // Given
    var key = new ModelKey("malformed", "pump-failure");
    stage.define(key);
    train(model(key, V1, 50, .9));
    awaitLifecycle(key, ModelValidated.class, ModelDeployed.class);

    // When
    stage.sendRow(key, "p1", 1_000_000, 60);
    stage.send(
        Topics.features(key.organization(), key.model()).name(),
        "p1",
        "{\"temperature\": 60}".getBytes(StandardCharsets.UTF_8));
    stage.sendRow(key, "p1", 2_000_000, Double.NaN);

    // Then
    await().untilAsserted(() -> assertThat(predictions(key)).hasSize(2));
    assertThat(stage.read(Topics.deadLetters(Stage.DEPLOYER)))
        .filteredOn(l -> String.valueOf(l.getTopic()).contains("malformed"))
        .singleElement()
        .extracting(DeadLetter::getCode)
        .isEqualTo("malformed-avro");
  }

  @Test
  void predictionsSayWhetherTheyReachTheConfidenceOfTheDefinition() {
    // Given a definition that relies on .7 and more
    var key = new ModelKey("unsure", "pump-failure");
    stage.define(key);
    train(model(key, V1, 50, .65));
    awaitLifecycle(key, ModelValidated.class, ModelDeployed.class);

    // When
    stage.sendRow(key, "p1", 1_000_000, 60);

    // Then
    await()
        .untilAsserted(
            () ->
                assertThat(predictions(key))
                    .singleElement()
                    .returns("1", Prediction::getLabel)
                    .returns(false, Prediction::getConfident));
  }

  @Test
  void saysThatTheDefinitionDroppedAFeatureWhichTheVersionReads() {
    // Given
    var key = new ModelKey("dropping", "pump-failure");
    stage.define(key);
    train(model(key, V1, 50, .9));
    awaitLifecycle(key, ModelValidated.class, ModelDeployed.class);
    stage.sendRow(key, "p1", 1_000_000, 60);
    await().untilAsserted(() -> assertThat(predictions(key)).hasSize(1));
    assertThat(alerts(key, AlertWire.FEATURE_MISSING)).isEmpty();

    // When
    stage.send(Topics.MODELS, key.toString(), Events.definition(key, List.of("temperature")));
    for (int second = 2;
        second < 60 && alerts(key, AlertWire.FEATURE_MISSING).isEmpty();
        second++) {
      stage.sendRow(key, "p1", second * 1_000_000L, 60);
    }
    stage.restart();
    stage.sendRow(key, "p2", 60_000_000, 60);

    // Then rows are scored on, and one alert names the feature
    await()
        .untilAsserted(
            () -> assertThat(predictions(key)).extracting(Prediction::getAsset).contains("p2"));
    assertThat(alerts(key, AlertWire.FEATURE_MISSING))
        .singleElement()
        .extracting(Alert::getMessage)
        .asString()
        .contains(V1, "pressure");
  }

  @Test
  void predictedFailureIsOneAlertRaisedAndResolved() {
    // Given
    var key = new ModelKey("alerting", "pump-failure");
    stage.define(key);
    train(model(key, V1, 50, .9));
    awaitLifecycle(key, ModelValidated.class, ModelDeployed.class);

    // When it gets hot, stays hot over a restart, and cools down
    stage.sendRow(key, "p1", 1_000_000, 60);
    stage.sendRow(key, "p1", 2_000_000, 70);
    await().untilAsserted(() -> assertThat(predictions(key)).hasSize(2));
    stage.restart();
    for (int i = 3; i <= 8; i++) {
      stage.sendRow(key, "p1", i * 1_000_000L, i == 3 ? 65 : 20);
    }

    // Then
    await().untilAsserted(() -> assertThat(predictions(key)).hasSize(8));
    assertThat(alerts(key, AlertWire.FAILURE_PREDICTED)).hasSize(2);
    assertThat(alerts(key, AlertWire.FAILURE_PREDICTED))
        .extracting(Alert::getAlertId)
        .containsOnly(alerts(key, AlertWire.FAILURE_PREDICTED).getFirst().getAlertId());
    assertThat(alerts(key, AlertWire.FAILURE_PREDICTED).getFirst().getRaisedAt())
        .isEqualTo(Micros.toInstant(1_000_000));
    assertThat(alerts(key, AlertWire.FAILURE_PREDICTED).getLast().getResolvedAt())
        .isEqualTo(Micros.toInstant(6_000_000));
  }
}
