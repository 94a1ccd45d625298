package dev.anneal.featurestream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.drift.Detector;
import dev.anneal.drift.LossDetector;
import dev.anneal.policy.EventTime;
import dev.anneal.policy.PolicyInput;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LossWatchTest {
  private final List<PolicyInput> heard = new ArrayList<>();
  private @Nullable LossWatch watch;
  private LossDetector detector = LossDetector.DEFAULT;

  @Test
  void aRiseIsLocatedAndAFallIsToldToo() {
    losses("d1", 1, 0, 400, .05);
    losses("d1", 1, 400, 800, .5);
    losses("d1", 1, 800, 1_600, .05);

    assertThat(heard).first().satisfies(LossWatchTest::isRiseOfDay400);
    assertThat(heard).anyMatch(PolicyInput.LossFell.class::isInstance);
  }

  @Test
  void theDetectorGoesOnWithAnotherVersionAndAnOlderOneIsPassedOver() {
    losses("d1", 1, 0, 400, .05);
    losses("d2", 2, 400, 800, .5);
    losses("d1", 1, 800, 1_200, .05);

    assertThat(heard).isNotEmpty().allSatisfy(LossWatchTest::isRiseOfDay400);
  }

  @Test
  void aChangeJustBeforeAPromotionIsFoundAndABetterVersionTellsOfTheFall() {
    losses("d1", 1, 0, 400, .05);
    losses("d1", 1, 400, 410, .5);
    losses("d2", 2, 410, 800, .5);
    assertThat(heard).isNotEmpty().allSatisfy(LossWatchTest::isRiseOfDay400);

    losses("d3", 3, 800, 1_200, .05);

    assertThat(heard).last().isEqualTo(new PolicyInput.LossFell("v1"));
  }

  @Test
  void theDetectorIsTheDefinitions() {
    losses("d1", 1, 0, 400, .05);
    detector = new LossDetector(Detector.Kind.HDDM_A, .001); // begins anew
    losses("d1", 1, 400, 800, .5);
    assertThat(heard).isEmpty();

    losses("d1", 1, 800, 1_000, .95);

    assertThat(heard).first().isInstanceOf(PolicyInput.LossRose.class);
  }

  private static void isRiseOfDay400(PolicyInput input) {
    assertThat(input)
        .isInstanceOfSatisfying(
            PolicyInput.LossRose.class,
            rose -> assertThat(rose.changeMicros() / EventTime.DAY_MICROS).isBetween(300L, 432L));
  }

  /// As many losses, one a day, through its encoding each.
  private void losses(String deployment, long deployedAt, int from, int to, double loss) {
    for (int day = from; day < to; day++) {
      var message =
          new Message.Loss(deployment, "v1", deployedAt, day * EventTime.DAY_MICROS, loss, null);
      var result = LossWatch.hear(watch, message, detector);
      watch = JsonCodec.decode(JsonCodec.encode(result.watch()), LossWatch.class);
      if (result.input() != null) {
        heard.add(result.input());
      }
    }
  }
}
