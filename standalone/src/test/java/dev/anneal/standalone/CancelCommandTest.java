package dev.anneal.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.events.CommandRejected;
import dev.anneal.events.LifecycleEvent;
import dev.anneal.events.ModelTrained;
import dev.anneal.events.TrainCancel;
import dev.anneal.events.TrainingCancelled;
import dev.anneal.events.TrainingFailed;
import dev.anneal.events.TrainingStarted;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CancelCommandTest {
  private static final Outcome OPEN = new Outcome.Open();

  private static TrainCancel cancel(@Nullable String request) {
    return new TrainCancel("c1", "acme", "m", request, "ann", "why", Instant.EPOCH);
  }

  private static LifecycleEvent event(String model, @Nullable String request, Object event) {
    return new LifecycleEvent("e", "acme", model, Instant.EPOCH, request, null, null, event);
  }

  @Test
  void aCancelledTrainingIsTheEnd() {
    var cancelled = new TrainingCancelled("run", "ann", "why");

    assertThat(CancelCommand.after(event("m", "r1", cancelled), cancel(null)))
        .isEqualTo(new Outcome.Done());
    assertThat(CancelCommand.after(event("m", "r1", cancelled), cancel("r1")))
        .isEqualTo(new Outcome.Done());
    assertThat(CancelCommand.after(event("m", "r2", cancelled), cancel("r1"))).isEqualTo(OPEN);
    assertThat(CancelCommand.after(event("other", "r1", cancelled), cancel(null))).isEqualTo(OPEN);
  }

  @Test
  void onlyItsOwnRefusalCounts() {
    var refused = event("m", null, new CommandRejected("c1", "nothing-to-cancel", "none runs"));
    var another = event("m", null, new CommandRejected("c2", "nothing-to-cancel", "none runs"));

    assertThat(CancelCommand.after(refused, cancel(null)))
        .isEqualTo(new Outcome.Failed("none runs"));
    assertThat(CancelCommand.after(another, cancel(null))).isEqualTo(OPEN);
  }

  @Test
  void aTrainingThatHasEndedCannotBeCancelled() {
    var retried = new TrainingFailed("run", 1, "disk-full", "no room", true);
    var failed = new TrainingFailed("run", 2, "disk-full", "no room", false);

    assertThat(CancelCommand.after(event("m", "r1", new TrainingStarted("run", 1)), cancel("r1")))
        .isEqualTo(OPEN);
    assertThat(CancelCommand.after(event("m", "r1", retried), cancel("r1"))).isEqualTo(OPEN);
    assertThat(CancelCommand.after(event("m", "r1", failed), cancel("r1")))
        .isEqualTo(new Outcome.Failed("the training had ended: it failed, disk-full"));
    assertThat(CancelCommand.after(event("m", "r1", new ModelTrained()), cancel("r1")))
        .isEqualTo(new Outcome.Failed("the training had ended: its model is trained"));
  }
}
