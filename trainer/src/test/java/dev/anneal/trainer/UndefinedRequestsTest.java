package dev.anneal.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anneal.features.FeatureDefinition;
import dev.anneal.schemas.ModelKey;
import dev.anneal.stage.StageKafka.Delivery;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class UndefinedRequestsTest {
  private static final ModelKey PUMP = new ModelKey("acme", "pump-failure");
  private static final ModelKey FAN = new ModelKey("acme", "fan-failure");

  private final Definitions definitions = new Definitions();
  private final CompletableFuture<Void> read = new CompletableFuture<>();
  private final List<String> events = new ArrayList<>();
  private @Nullable RuntimeException failure;
  private long nanos = Long.MAX_VALUE - 1; // nanoTime may overflow
  private final UndefinedRequests undefined =
      new UndefinedRequests(
          definitions,
          () -> {
            events.add("asked");
            return read;
          },
          request -> {
            if (failure != null) {
              throw failure;
            }
            events.add("decided " + request.requestId());
          },
          () -> nanos);

  private boolean add(String id, ModelKey key) {
    return undefined.add(
        new Request(id, key, "MANUAL", "", "", Instant.EPOCH, null, null, Map.of(), null, null),
        new Delivery() {
          @Override
          public void done() {
            events.add("done " + id);
          }

          @Override
          public void rejected(Throwable reason) {
            events.add("rejected " + id);
          }
        });
  }

  private void define(ModelKey key) {
    var none = List.<String>of();
    var features =
        new FeatureDefinition(
            List.of("x"), List.of(), List.of(), none, List.of(), List.of(), "UTC", true, 0, 0);
    definitions.apply(
        key.toString(), new ModelSpec(key, "binary", 3600L, features, null, Map.of(), 1));
  }

  @Test
  void aRequestIsDecidedWhenItsDefinitionHasComeWhateverOthersWaitFor() {
    add("r-1", PUMP);
    add("r-2", FAN);
    undefined.decideDue();
    assertThat(events).isEmpty();

    define(FAN);
    undefined.decideDue();
    undefined.decideDue();

    assertThat(events).containsExactly("decided r-2", "done r-2");
  }

  @Test
  void withoutADefinitionItIsDecidedOnceAllOfThatTimeHaveBeenRead() {
    add("r-1", PUMP);
    nanos += UndefinedRequests.PATIENCE.toNanos() - 1;
    undefined.decideDue();
    assertThat(events).isEmpty();

    nanos++;
    undefined.decideDue();
    undefined.decideDue();
    assertThat(events).containsExactly("asked"); // a broker that stands still decides nothing

    read.complete(null);
    undefined.decideDue();
    assertThat(events).containsExactly("asked", "decided r-1", "done r-1");
  }

  @Test
  void noMoreWaitThanTheMemoryIsFor() {
    for (int i = 0; i < UndefinedRequests.MOST_OF_ORGANIZATION; i++) {
      assertThat(add("r-" + i, PUMP)).isTrue();
    }
    assertThat(add("r-more", PUMP)).isFalse();
    for (int i = UndefinedRequests.MOST_OF_ORGANIZATION; i < UndefinedRequests.MOST; i++) {
      assertThat(add("other-" + i, new ModelKey("other-" + i, "m"))).isTrue();
    }
    assertThat(add("other-more", new ModelKey("other-more", "m"))).isFalse();

    define(PUMP);
    undefined.decideDue();

    assertThat(add("r-more", PUMP)).isTrue();
  }

  @Test
  void whatFailsForTheMomentIsDueAgainAndWhatFailsForGoodIsRejected() {
    add("r-1", PUMP);
    define(PUMP);
    failure = new TimeoutException("no broker");
    assertThatThrownBy(undefined::decideDue).isSameAs(failure);
    assertThat(events).isEmpty();

    failure = new IllegalArgumentException("never");
    undefined.decideDue();
    undefined.decideDue();

    assertThat(events).containsExactly("rejected r-1");
  }
}
