package dev.anneal.featurestream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.events.Cause;
import dev.anneal.events.DriftEvent;
import dev.anneal.events.ModelDeployed;
import dev.anneal.events.RetrainingDecision;
import dev.anneal.policy.RetrainingState;
import java.time.Duration;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What the policy waits for and what it forgets, by the clock.
class PolicyTopologyTest {
  private static final Duration DAY = Duration.ofDays(1);

  private final Plant plant = new Plant();

  @BeforeEach
  void aFirstModelIsAskedFor() {
    plant.define();
    rows(1);
    rows(9);
  }

  @AfterEach
  void close() {
    plant.close();
  }

  @Test
  void aRequestWhoseEndNeverComesExpiresAndIsToldAndTriedAgain() {
    String lost = plant.requests().getFirst().getRequestId();
    plant.drift();

    plant.clockAdvances(DAY);
    plant.clockAdvances(Plant.MODEL_PATIENCE.minus(DAY));
    rows(11);
    assertThat(plant.drift()).isEmpty();
    plant.clockAdvances(DAY);
    rows(13);

    assertThat(plant.drift())
        .extracting(PolicyTopologyTest::decision)
        .extracting(RetrainingDecision::getCode)
        .containsExactly("expired", "requested");
    assertThat(plant.requests())
        .singleElement()
        .satisfies(
            request -> {
              assertThat(request.getCause()).isEqualTo(Cause.REFRESH);
              assertThat(request.getRequestId()).isNotEqualTo(lost);
            });
  }

  @Test
  void whatIsKnownOfAModelIsForgottenWhenItsDefinitionStaysAway() {
    String first = plant.requests().getFirst().getRequestId();
    plant.lifecycle(first, new ModelDeployed("v1", null, "direct", "deployment-of-v1"));

    plant.undefine();
    plant.clockAdvances(DAY);
    assertThat(plant.policyState()).isNotEqualTo(RetrainingState.NEW);
    plant.clockAdvances(Plant.MODEL_PATIENCE);

    var forgotten = plant.policyState();
    assertThat(forgotten.labels()).isEqualTo(RetrainingState.NEW.labels());
    plant.define();
    rows(20);
    rows(29);
    assertThat(plant.requests())
        .singleElement()
        .satisfies(
            request -> {
              assertThat(request.getCause()).isEqualTo(Cause.INITIAL);
              assertThat(request.getRequestId()).isNotEqualTo(first);
            });
  }

  @Test
  void nothingIsWrittenWhileNothingChanges() {
    String first = plant.requests().getFirst().getRequestId();
    plant.lifecycle(first, new ModelDeployed("v1", null, "direct", "deployment-of-v1"));
    plant.clockAdvances(DAY);
    assertThat(plant.policyWrites()).isPositive();

    plant.clockAdvances(DAY);
    assertThat(plant.policyWrites()).as("defined").isZero();
    plant.undefine();
    plant.clockAdvances(DAY);
    plant.clockAdvances(Plant.MODEL_PATIENCE);
    assertThat(plant.policyWrites()).as("forgotten").isPositive();
    plant.clockAdvances(DAY);
    assertThat(plant.policyWrites()).as("forgotten before").isZero();
  }

  @Test
  void aDefinitionThatComesBackInTimeFindsAllAsItWas() {
    String first = plant.requests().getFirst().getRequestId();
    plant.lifecycle(first, new ModelDeployed("v1", null, "direct", "deployment-of-v1"));
    var before = plant.policyState();

    for (int i = 0; i < 3; i++) {
      plant.undefine();
      plant.clockAdvances(Plant.MODEL_PATIENCE.minus(DAY));
      plant.define();
      plant.clockAdvances(DAY);
    }

    assertThat(plant.policyState()).isEqualTo(before);
    assertThat(plant.requests()).isEmpty();
  }

  private static RetrainingDecision decision(DriftEvent event) {
    return (RetrainingDecision) event.getEvent();
  }

  private void rows(int day) {
    var rows = new TreeMap<Long, Long>();
    rows.put(day * 24L, 1_000L);
    plant.tell(new Message.Progress(rows, day * Plant.DAY));
  }
}
