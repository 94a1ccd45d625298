package dev.anneal.featurestream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class DefinitionWaitsTest {
  private static final long SECOND = 1_000_000_000L;

  private final DefinitionWaits waits = new DefinitionWaits(Duration.ofSeconds(30));

  @Test
  void anOrganizationWaitsOnceUntilItIsDefined() {
    assertThat(waits.left("acme", 0)).isEqualTo(Duration.ofSeconds(30));
    assertThat(waits.left("acme", 10 * SECOND)).isEqualTo(Duration.ofSeconds(20));
    assertThat(waits.left("acme", 30 * SECOND)).isZero();
    assertThat(waits.left("acme", 3_600 * SECOND)).isNegative();

    waits.defined("acme");

    assertThat(waits.left("acme", 3_600 * SECOND)).isEqualTo(Duration.ofSeconds(30));
  }

  @Test
  void manyOrganizationsTogetherWaitNoLongerThanOne() {
    waits.left("one", 0);

    assertThat(waits.left("two", 20 * SECOND)).isEqualTo(Duration.ofSeconds(10));
    assertThat(waits.left("three", 40 * SECOND)).isNegative();
    assertThat(waits.left("three", 329 * SECOND)).isNegative();
    assertThat(waits.left("three", 330 * SECOND)).isEqualTo(Duration.ofSeconds(30));
    assertThat(waits.left("two", 330 * SECOND)).isNegative();
  }

  @Test
  void withoutPatienceNobodyWaits() {
    assertThat(new DefinitionWaits(Duration.ZERO).left("acme", 5)).isZero();
  }
}
