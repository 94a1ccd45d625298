package dev.anneal.standalone.demo;

import static dev.anneal.events.DriftVerdict.DRIFT;
import static dev.anneal.events.DriftVerdict.INSUFFICIENT;
import static dev.anneal.events.DriftVerdict.STABLE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.events.DriftReport;
import dev.anneal.events.DriftVerdict;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class DriftNewsTest {
  private final DriftNews news = new DriftNews();

  private boolean isNews(String evidence, String window, DriftVerdict verdict) {
    return news.isNews(
        "acme/pump-failure",
        DriftReport.newBuilder()
            .setVersion("v1")
            .setWindow(window)
            .setWindowStart(Instant.EPOCH)
            .setWindowEnd(Instant.EPOCH)
            .setRows(9)
            .setVerdict(verdict)
            .setReason("r")
            .setFeatures(List.of())
            .setEvidence(evidence)
            .build());
  }

  @Test
  void theFirstDriftedDayIsNewsAndSoIsTheFirstAfterACalmOne() {
    assertThat(isNews("predictions", "P1D", DRIFT)).isTrue();
    assertThat(isNews("predictions", "P1D", DRIFT)).isFalse();
    assertThat(isNews("features", "P1D", DRIFT)).isTrue();
    assertThat(isNews("predictions", "P1D", INSUFFICIENT)).isFalse();
    assertThat(isNews("predictions", "P1D", DRIFT)).isFalse();
    assertThat(isNews("predictions", "P1D", STABLE)).isFalse();
    assertThat(isNews("predictions", "P1D", DRIFT)).isTrue();
  }

  @Test
  void theWeeksWindowIsNoNews() {
    assertThat(isNews("features", "P7D", DRIFT)).isFalse();
    assertThat(isNews("features", "P1D", DRIFT)).isTrue();
  }
}
