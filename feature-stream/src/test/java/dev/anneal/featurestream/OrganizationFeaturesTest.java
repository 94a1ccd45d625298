package dev.anneal.featurestream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.features.Acceptance;
import dev.anneal.policy.EventTime;
import dev.anneal.schemas.InMemoryRegistry;
import dev.anneal.schemas.RowCodec;
import dev.anneal.schemas.RowCodec.Quality;
import dev.anneal.schemas.RowCodec.Row;
import java.util.List;
import org.junit.jupiter.api.Test;

class OrganizationFeaturesTest {
  private static final List<String> SENSORS = List.of("pressure");

  private final InMemoryRegistry registry = new InMemoryRegistry();
  private final RowCodec codec = RowCodec.telemetry("acme", SENSORS, registry);
  private final OrganizationFeatures features =
      new OrganizationFeatures(new Organization("acme", SENSORS), List.of(), registry);
  private long offset;

  @Test
  void withoutModelsAnOvertakenRowCountsWithinTheGrace() {
    assertThat(add(100)).isEqualTo(Acceptance.ACCEPTED);
    assertThat(add(103)).isEqualTo(Acceptance.ACCEPTED);

    assertThat(add(101)).isEqualTo(Acceptance.PLACED);
    assertThat(add(101)).isEqualTo(Acceptance.DUPLICATE);
    assertThat(add(100)).isEqualTo(Acceptance.DUPLICATE);
    assertThat(add(43)).isEqualTo(Acceptance.PLACED);
    assertThat(add(42)).isEqualTo(Acceptance.DUPLICATE);
  }

  private Acceptance add(int second) {
    long micros = second * EventTime.SECOND_MICROS;
    features.read(codec.encode(new Row("p", micros, micros, 1, Quality.GOOD, new double[] {1})));
    return features.add(features.asset(), offset++);
  }
}
