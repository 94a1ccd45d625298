package dev.anneal.bench.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Golden vector A of `docs/methods.md`'s sources (scipy 1.17.1).
class NaiveRulesTest {
  private static final double[] REFERENCE =
      IntStream.range(0, 200).mapToDouble(i -> 37 * i % 100 / 10.0).sorted().toArray();
  private static final double[] CURRENT =
      IntStream.range(0, 80)
          .mapToDouble(i -> .8 * ((53 * i + 11) % 100 / 10.0) + 1.5)
          .sorted()
          .toArray();

  @Test
  void kolmogorovSmirnovHasStephensPValue() {
    assertThat(NaiveRules.kolmogorovSmirnov(REFERENCE, CURRENT)).isCloseTo(.139321, within(1e-6));
  }

  @Test
  void theStabilityIndexHasAFloorForEmptyBins() {
    assertThat(NaiveRules.stabilityIndex(REFERENCE, CURRENT)).isCloseTo(.768899, within(1e-6));
  }

  @Test
  void wassersteinIsNormedByTheReference() {
    assertThat(NaiveRules.normedWasserstein(REFERENCE, CURRENT)).isCloseTo(.219289, within(1e-6));
  }
}
