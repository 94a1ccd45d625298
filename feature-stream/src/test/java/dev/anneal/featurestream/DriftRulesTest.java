package dev.anneal.featurestream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anneal.drift.Correction;
import dev.anneal.drift.Detector;
import dev.anneal.drift.DriftLimits;
import dev.anneal.drift.LossDetector;
import dev.anneal.drift.SensorLimits;
import dev.anneal.events.Definition;
import dev.anneal.events.DriftSettings;
import dev.anneal.events.ModelDefinition;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class DriftRulesTest {
  private static DriftRules rules(UnaryOperator<DriftSettings.Builder> change) {
    var model = Plant.model(List.of("3"), 0);
    var drift = change.apply(DriftSettings.newBuilder(model.getDrift())).build();
    var changed = ModelDefinition.newBuilder(model).setDrift(drift).build();
    return WireDefinitions.model(new Definition(Instant.EPOCH, changed)).rules();
  }

  @Test
  void theEventsDefaultsAreTheEngines() {
    assertThat(rules(drift -> drift))
        .isEqualTo(
            new DriftRules(DriftLimits.DEFAULT, SensorLimits.DEFAULT, LossDetector.DEFAULT, true));
  }

  @Test
  void whatADefinitionSaysHolds() {
    var rules =
        rules(
            drift ->
                drift
                    .setFalseDiscoveryRate(.1)
                    .setCorrection("bonferroni")
                    .setMinimumFeatures(4)
                    .setTopFeatures(0)
                    .setMinimumEffectiveRows(30)
                    .setMissingRise(.5)
                    .setSensorLimits(new dev.anneal.events.SensorLimits(.3, .4, .5, .6, 7.0, 8L))
                    .setLossDetector("hddm-a")
                    .setLossSignificance(.01)
                    .setEstimatedPerformance(false));

    assertThat(rules.limits()).isEqualTo(new DriftLimits(.1, Correction.BONFERRONI, 4, 0, 30, .5));
    assertThat(rules.sensors()).isEqualTo(new SensorLimits(.3, .4, .5, .6, 7, 8));
    assertThat(rules.losses()).isEqualTo(new LossDetector(Detector.Kind.HDDM_A, .01));
    assertThat(rules.estimates()).isFalse();
  }

  @Test
  void aDetectorThatIsNotThereIsRefused() {
    assertThatThrownBy(() -> rules(drift -> drift.setLossDetector("stepd")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("expected one of [adwin, page-hinkley, ddm, hddm-a], found stepd");
  }
}
