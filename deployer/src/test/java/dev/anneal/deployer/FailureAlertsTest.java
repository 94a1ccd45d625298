package dev.anneal.deployer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.events.Alert;
import dev.anneal.schemas.Micros;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FailureAlertsTest {
  private static final ModelDefinition DEFINITION = definition(.8, .5);

  private static ModelDefinition definition(double failureProbability, double confidence) {
    return new ModelDefinition(
        TinyModel.PUMP,
        TinyModel.FEATURES,
        failureProbability,
        confidence,
        new GateLimits(0, 0, 0, 0, 0));
  }

  private static FailureAlerts alerts() {
    return new FailureAlerts(new FailureWatch(.8, 3));
  }

  private static List<Alert> look(FailureAlerts alerts, double... scores) {
    return look(DEFINITION, alerts, scores);
  }

  private static List<Alert> look(
      ModelDefinition definition, FailureAlerts alerts, double... scores) {
    var published = new ArrayList<Alert>();
    for (int i = 0; i < scores.length; i++) {
      alerts.look(definition, "p1", i + 1, scores[i]).ifPresent(published::add);
    }
    return published;
  }

  @Test
  void raisedOnceAndResolvedOnce() {
    var published = look(alerts(), .1, .8, .9, .79, .1, .85, .1, .1, .1, .1, .2);

    assertThat(published).hasSize(2);
    assertThat(published.getFirst().getRaisedAt()).isEqualTo(Micros.toInstant(2));
    assertThat(published.getFirst().getResolvedAt()).isNull();
    assertThat(published.getLast().getAlertId()).isEqualTo(published.getFirst().getAlertId());
    assertThat(published.getLast().getResolvedAt()).isEqualTo(Micros.toInstant(9));
  }

  @Test
  void scoreAroundTheLimitIsOneAlert() {
    // .65 is below the limit, and not calm: .8 × .8 = .64
    assertThat(look(alerts(), .8, .65, .81, .65, .65, .65, .65, .8)).hasSize(1);
  }

  @Test
  void predictionsThatAreNotConfidentNeitherRaiseNorResolve() {
    var definition = definition(.6, .7);

    // .4 to .69 are not confident; the 3 calm rows are counted over them
    var published = look(definition, alerts(), .65, .69, .71, .4, .4, .4, .2, .4, .2, .2);

    assertThat(published).hasSize(2);
    assertThat(published.getFirst().getRaisedAt()).isEqualTo(Micros.toInstant(3));
    assertThat(published.getLast().getResolvedAt()).isEqualTo(Micros.toInstant(10));
  }

  @Test
  void nextFailureIsAnotherAlert() {
    var published = look(alerts(), .9, .1, .1, .1, .9);

    assertThat(published).hasSize(3);
    assertThat(published.getLast().getAlertId()).isNotEqualTo(published.getFirst().getAlertId());
  }

  /// Whatever a crash repeats and whatever it forgets, people see the same alerts.
  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void crashesAndRedeliveriesChangeNothing(long seed) {
    // Given scores that go up and down, and what they lead to without a crash
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    var scores = new double[300];
    for (int i = 1; i < scores.length; i++) {
      scores[i] = Math.clamp(scores[i - 1] + random.nextGaussian() * .2, 0, 1);
    }
    var expected = new ArrayList<String>();
    look(alerts(), scores).forEach(a -> expected.add(a.getAlertId() + a.getResolvedAt()));

    // When crashes throw memory away and rows since the last commit come again
    var topic = new LinkedHashMap<String, Alert>();
    var seen = new ArrayList<String>();
    var alerts = alerts();
    int committed = 0;
    for (int row = 0; row < scores.length; row++) {
      alerts
          .look(DEFINITION, "p1", row + 1, scores[row])
          .ifPresent(
              a -> {
                topic.put(a.getAlertId(), a);
                seen.add(a.getAlertId() + a.getResolvedAt());
              });
      if (random.nextInt(7) == 0) {
        committed = row + 1;
      } else if (random.nextInt(20) == 0) {
        alerts = alerts();
        topic.values().forEach(alerts::restore);
        row = committed - 1;
      }
    }

    // Then nothing is raised that was not, and nothing stays open that did not
    assertThat(seen.stream().map(s -> s.substring(0, 36)).distinct().toList())
        .isEqualTo(expected.stream().map(s -> s.substring(0, 36)).distinct().toList());
    assertThat(seen).doesNotHaveDuplicates();
  }

  @Test
  void whatAnotherInstanceResolvedIsNotOpenedByItsOlderRecord() {
    // Given the alerts topic delivers what this instance wrote long ago
    var alerts = alerts();
    var published = look(alerts, .9, .1, .1, .1);

    // When
    alerts.restore(published.getFirst());

    // Then
    assertThat(alerts.look(DEFINITION, "p1", 5, .1)).isEmpty();
    assertThat(alerts.look(DEFINITION, "p1", 6, .9)).isPresent();
  }
}
