package dev.anneal.featurestream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class DefinitionWaitsTest {
  private static final long SECOND = 1_000_000_000L;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final DefinitionWaits waits = new DefinitionWaits(PATIENCE);
  private long now = Long.MAX_VALUE - SECOND; // nanoTime may overflow

  /// Looks again when it may, until it may not wait any more.
  private Duration waitOf(String organization) {
    long begin = now;
    for (var pause = look(organization); pause.isPositive(); pause = look(organization)) {
      now += pause.toNanos();
    }
    return Duration.ofNanos(now - begin);
  }

  private Duration look(String organization) {
    return waits.untilNextLook(organization, now);
  }

  @Test
  void anOrganizationWaitsOnceUntilItIsDefined() {
    assertThat(waitOf("acme")).isEqualTo(PATIENCE);
    now += 3_600 * SECOND;
    assertThat(waitOf("acme")).isZero();

    waits.defined("acme");

    assertThat(waitOf("acme")).isEqualTo(PATIENCE);
  }

  @Test
  void manyOrganizationsTogetherWaitNoLongerThanOne() {
    for (int i = 0; i < 80; i++) { // a third of it
      look("one");
      now += SECOND / 8;
    }
    assertThat(waitOf("two")).isEqualTo(Duration.ofSeconds(20));
    assertThat(waitOf("three")).isZero();

    now += DefinitionWaits.REST.toNanos() - 1;
    assertThat(waitOf("three")).isZero();
    now++;
    assertThat(waitOf("three")).isEqualTo(PATIENCE);
    assertThat(waitOf("two")).isZero();
  }

  @Test
  void aMachineThatStandsStillUsesUpNoPatience() {
    assertThat(look("acme")).isPositive();
    now += 60 * SECOND;

    assertThat(waitOf("acme")).isEqualTo(PATIENCE.minus(DefinitionWaits.LOOK));
  }

  @Test
  void withoutPatienceNobodyWaits() {
    assertThat(new DefinitionWaits(Duration.ZERO).untilNextLook("acme", 5)).isZero();
  }
}
