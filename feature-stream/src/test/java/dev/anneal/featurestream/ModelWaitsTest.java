package dev.anneal.featurestream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

class ModelWaitsTest {
  private static final long PATIENCE = 7;

  private ModelWaits waits = ModelWaits.NONE;

  @Test
  void aRequestExpiresOnceItsPatienceIsOver() {
    look(0, true, Set.of("a"));
    look(3, true, Set.of("a", "b"));

    assertThat(look(6, true, Set.of("a", "b")).expired()).isEmpty();
    assertThat(look(7, true, Set.of("a", "b")).expired()).containsExactly("a");
    assertThat(look(8, true, Set.of("b")).expired()).isEmpty();
    assertThat(look(10, true, Set.of("b")).expired()).containsExactly("b");
  }

  @Test
  void aRequestThatEndedIsForgotten() {
    look(0, true, Set.of("a"));
    look(1, true, Set.of());

    assertThat(waits).isEqualTo(ModelWaits.NONE);
  }

  @Test
  void aModelIsGoneForGoodWhenItsDefinitionStaysAway() {
    look(0, false, Set.of());
    look(5, true, Set.of());
    look(6, false, Set.of());

    assertThat(look(12, false, Set.of()).isForgotten()).isFalse();
    assertThat(look(13, false, Set.of()).isForgotten()).isTrue();
  }

  @Test
  void aModelWithATrainingInFlightIsNotForgotten() {
    look(0, false, Set.of());
    look(5, false, Set.of("a"));

    assertThat(look(11, false, Set.of("a")).isForgotten()).isFalse();
    assertThat(look(12, false, Set.of("a")).isForgotten()).isTrue();
  }

  @Test
  void theySurviveTheirEncoding() {
    look(0, false, Set.of("a"));

    assertThat(JsonCodec.decode(JsonCodec.encode(waits), ModelWaits.class)).isEqualTo(waits);
  }

  private ModelWaits.Heard look(long now, boolean isDefined, Set<String> inFlight) {
    var heard = waits.at(now, isDefined, inFlight, PATIENCE);
    waits = heard.waits();
    return heard;
  }
}
