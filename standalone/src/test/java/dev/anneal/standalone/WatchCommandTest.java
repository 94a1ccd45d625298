package dev.anneal.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.events.DriftEvent;
import dev.anneal.events.DriftReport;
import dev.anneal.events.DriftVerdict;
import dev.anneal.events.Estimate;
import dev.anneal.events.EstimateSwitchedOff;
import dev.anneal.events.EstimatedPerformance;
import dev.anneal.events.LifecycleEvent;
import dev.anneal.events.TrainingStarted;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class WatchCommandTest {
  private static final Estimate SHARE = new Estimate(.9, .8, 1.);

  @Test
  void ofDriftOnlyEstimatesAreTold() {
    var performance = new EstimatedPerformance(9L, SHARE, SHARE, SHARE, SHARE, false);

    assertThat(WatchCommand.isTold(drift(report(performance)), null)).isTrue();
    assertThat(WatchCommand.isTold(drift(new EstimateSwitchedOff("v1", "r")), null)).isTrue();
    assertThat(WatchCommand.isTold(drift(report(null)), null)).isFalse();
  }

  @Test
  void onlyTheOrganizationThatWasAskedForIsTold() {
    var off = drift(new EstimateSwitchedOff("v1", "r"));
    var started =
        new LifecycleEvent(
            "e", "acme", "m", Instant.EPOCH, null, null, null, new TrainingStarted("run", 1));

    assertThat(List.of(off, started)).allMatch(event -> WatchCommand.isTold(event, null));
    assertThat(List.of(off, started)).allMatch(event -> WatchCommand.isTold(event, "acme"));
    assertThat(List.of(off, started)).noneMatch(event -> WatchCommand.isTold(event, "other"));
  }

  private static DriftReport report(@Nullable EstimatedPerformance performance) {
    return DriftReport.newBuilder()
        .setVersion("v1")
        .setWindow("P1D")
        .setWindowStart(Instant.EPOCH)
        .setWindowEnd(Instant.EPOCH)
        .setRows(9)
        .setVerdict(DriftVerdict.STABLE)
        .setReason("r")
        .setFeatures(List.of())
        .setEstimatedPerformance(performance)
        .build();
  }

  private static DriftEvent drift(Object event) {
    return new DriftEvent("e", "acme", "m", Instant.EPOCH, event);
  }
}
