package dev.anneal.system.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.events.Cause;
import dev.anneal.events.LifecycleEvent;
import dev.anneal.events.ModelDeployed;
import dev.anneal.events.TrainingFailed;
import dev.anneal.events.TrainingQueued;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RequestEndsTest {
  @Test
  void anEventThatIsPublishedTwiceEndsARequestOnce() {
    assertThat(RequestEnds.of(List.of(event("e1", "r", deployed()), event("e1", "r", deployed()))))
        .isEqualTo(Map.of("r", Set.of("e1")));
  }

  @Test
  void twoEventsAreTwoEnds() {
    assertThat(
            RequestEnds.of(List.of(event("e1", "r", deployed()), event("e2", "r", failed(false)))))
        .isEqualTo(Map.of("r", Set.of("e1", "e2")));
  }

  @Test
  void whatGoesOnIsNoEnd() {
    assertThat(
            RequestEnds.of(List.of(event("e1", "r", queued(null)), event("e2", "r", failed(true)))))
        .isEmpty();
  }

  @Test
  void aRequestThatIsPartOfAnotherHasEnded() {
    assertThat(RequestEnds.of(List.of(event("e1", "r", queued("other")))))
        .isEqualTo(Map.of("r", Set.of("e1")));
  }

  private static LifecycleEvent event(String id, String request, Object event) {
    return LifecycleEvent.newBuilder()
        .setEventId(id)
        .setOrganization("o")
        .setModel("m")
        .setOccurredAt(Instant.EPOCH)
        .setRequestId(request)
        .setEvent(event)
        .build();
  }

  private static ModelDeployed deployed() {
    return ModelDeployed.newBuilder()
        .setVersion("v")
        .setMode("direct")
        .setDeploymentId("d")
        .build();
  }

  private static TrainingFailed failed(boolean willRetry) {
    return TrainingFailed.newBuilder()
        .setAttempt(1)
        .setCode("process-crashed")
        .setMessage("")
        .setWillRetry(willRetry)
        .build();
  }

  private static TrainingQueued queued(String into) {
    return TrainingQueued.newBuilder()
        .setCause(Cause.MANUAL)
        .setReason("")
        .setRequestedBy("")
        .setCoalescedInto(into)
        .build();
  }
}
