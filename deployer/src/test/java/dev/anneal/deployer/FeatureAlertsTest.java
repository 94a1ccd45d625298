package dev.anneal.deployer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.events.Alert;
import dev.anneal.schemas.Micros;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;

class FeatureAlertsTest {
  private static final List<String> BOTH = List.of("pressure", "temperature");
  private static final List<String> ONE = List.of("temperature");

  private final FeatureAlerts alerts = new FeatureAlerts();

  private static ModelDefinition definition(List<String> features) {
    return new ModelDefinition(TinyModel.PUMP, features, .8, .5, new GateLimits(0, 0, 0, 0, 0));
  }

  private static VersionRef version(String name, List<String> features) {
    return new VersionRef(
        TinyModel.PUMP, name, URI.create("file:/" + name), name, features, TinyModel.NO_PROFILE);
  }

  private List<Alert> look(List<String> given, VersionRef version, long atMicros) {
    return alerts.look(definition(given), version, atMicros);
  }

  @Test
  void toldOnceForEachVersionAndFeatureThatTheDefinitionDropped() {
    assertThat(look(BOTH, version("v1", BOTH), 1)).isEmpty();

    assertThat(look(ONE, version("v1", BOTH), 2))
        .singleElement()
        .returns(Micros.toInstant(2), Alert::getRaisedAt)
        .extracting(Alert::getMessage)
        .asString()
        .contains("acme/pump-failure", "v1", "pressure");
    assertThat(look(ONE, version("v1", BOTH), 3)).isEmpty();
  }

  @Test
  void resolvedWhenTheFeatureIsBackOrAnotherVersionServes() {
    var raised = look(ONE, version("v1", BOTH), 1).getFirst();

    assertThat(look(BOTH, version("v1", BOTH), 2))
        .singleElement()
        .returns(raised.getAlertId(), Alert::getAlertId)
        .returns(Micros.toInstant(2), Alert::getResolvedAt);
    assertThat(look(ONE, version("v1", BOTH), 3)).hasSize(1);
    assertThat(look(ONE, version("v2", BOTH), 4))
        .extracting(a -> a.getResolvedAt() != null)
        .containsExactly(true, false);
    assertThat(look(ONE, version("v3", ONE), 5)).hasSize(1);
  }

  @Test
  void notToldAgainAfterARestart() {
    look(ONE, version("v1", BOTH), 1);
    var raised = look(BOTH, version("v1", BOTH), 2).getFirst();

    var restarted = new FeatureAlerts();
    restarted.restore(Alert.newBuilder(raised).setResolvedAt(null).build());

    assertThat(restarted.look(definition(ONE), version("v1", BOTH), 3)).isEmpty();
    assertThat(restarted.look(definition(BOTH), version("v1", BOTH), 4)).hasSize(1);
  }
}
