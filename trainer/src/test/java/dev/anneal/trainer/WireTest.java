package dev.anneal.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anneal.events.Cause;
import dev.anneal.events.Definition;
import dev.anneal.events.DriftSettings;
import dev.anneal.events.GateLimits;
import dev.anneal.events.ModelDefinition;
import dev.anneal.events.Outcome;
import dev.anneal.events.RegimeSettings;
import dev.anneal.events.TrainCancel;
import dev.anneal.events.TrainRequest;
import dev.anneal.schemas.ModelKey;
import dev.anneal.stage.RejectedRecord;
import dev.anneal.trainer.xgboost.TrainingTask;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class WireTest {
  private static final Instant RECEIVED = Instant.parse("2026-07-01T10:00:00Z");
  private static final Duration DAY = Duration.ofDays(1);

  private static ModelSpec read(@Nullable RegimeSettings regimes) {
    var drift =
        DriftSettings.newBuilder()
            .setCooldownSeconds(1)
            .setMinimumLabels(1)
            .setInitialHistorySeconds(1)
            .setPersistence(3)
            .setPersistenceOf(4)
            .build();
    var model =
        ModelDefinition.newBuilder()
            .setOrganization("acme")
            .setModel("pump-failure")
            .setTask("binary")
            .setSensors(List.of("load", "temperature"))
            .setLagSeconds(List.of())
            .setRollingWindows(List.of())
            .setRegimes(regimes)
            .setFailureProbability(.85)
            .setConfidenceThreshold(.7)
            .setHyperparameters(Map.of())
            .setRetryAttempts(1)
            .setNotifyOnSuccess(false)
            .setNotifyOnFailure(false)
            .setDrift(drift)
            .setGate(new GateLimits(.7, .7, .7, 1L << 20, 10.0))
            .build();
    return Wire.model(new Definition(Instant.EPOCH, model)).orElseThrow();
  }

  @Test
  void readsTheOperatingRegimes() {
    assertThat(read(new RegimeSettings(List.of("load"), 3)).regimes())
        .isEqualTo(new TrainingTask.Regimes(List.of("load"), 3));
    assertThat(read(null).regimes()).isNull();
  }

  @Test
  void readsWhatAnOutcomeSays() {
    var event = Instant.ofEpochSecond(5);
    var known = Instant.ofEpochSecond(7);

    assertThat(Wire.word(new Outcome("pump-1", event, known, 1L, "failure", null)))
        .contains(new KnownOutcomes.Failure("pump-1", 5_000_000, 7_000_000));
    assertThat(Wire.word(new Outcome("", known, known, 0L, "progress", null)))
        .contains(new KnownOutcomes.Progress(7_000_000));
    assertThat(Wire.word(new Outcome("pump-1", event, known, 1L, "scrap", 3.0))).isEmpty();
  }

  @Test
  void aRequestIsOfTheTimeAtWhichTheBrokerReceivedIt() {
    // Given a client whose clock is behind
    var request = request(RECEIVED.minus(DAY));

    assertThat(Wire.request(request, RECEIVED).requestedAt()).isEqualTo(RECEIVED);
    assertThat(Wire.request(request, RECEIVED).problem()).isEmpty();
  }

  /// One that is refused is ordered with the others, too.
  @Test
  void aRequestOfAnUnusableTimeIsOfTheBrokersToo() {
    var request = Wire.request(request(RECEIVED.plus(DAY).plusSeconds(1)), RECEIVED);

    assertThat(request.requestedAt()).isEqualTo(RECEIVED);
    assertThat(request.problem()).hasValueSatisfying(p -> assertThat(p).contains("microseconds"));
  }

  /// A cancel has no order: it ends what runs when it is read. Its time is only checked.
  @Test
  void aCancelsTimeIsComparedWithTheBrokers() {
    assertThat(Wire.cancel(cancel(RECEIVED.plus(DAY)), RECEIVED))
        .isEqualTo(new Cancel("c1", new ModelKey("acme", "m"), "r1", "ann", "why"));
    assertThatThrownBy(() -> Wire.cancel(cancel(RECEIVED.plus(DAY).plusSeconds(1)), RECEIVED))
        .isInstanceOf(RejectedRecord.class)
        .hasMessageContaining("requestedAt must lie between")
        .hasMessageContaining("microseconds");
  }

  private static TrainRequest request(Instant requestedAt) {
    return TrainRequest.newBuilder()
        .setRequestId("r1")
        .setOrganization("acme")
        .setModel("m")
        .setCause(Cause.MANUAL)
        .setRequestedAt(requestedAt)
        .build();
  }

  private static TrainCancel cancel(Instant requestedAt) {
    return new TrainCancel("c1", "acme", "m", "r1", "ann", "why", requestedAt);
  }
}
