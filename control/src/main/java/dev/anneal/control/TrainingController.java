package dev.anneal.control;

import dev.anneal.control.definitions.DefinitionStore;
import dev.anneal.control.monitor.Monitor;
import dev.anneal.control.monitor.Monitor.Filter;
import dev.anneal.control.monitor.Run;
import dev.anneal.events.DeployCommand;
import dev.anneal.events.TrainCancel;
import dev.anneal.events.TrainRequest;
import dev.anneal.schemas.EventIds;
import dev.anneal.schemas.ModelKey;
import dev.anneal.stage.Publisher;
import java.net.URI;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/// Wishes for trainings, cancels and rollbacks: 202 says that the wish is in Kafka, its fate is
/// told by the lifecycle.
@RestController
@RequestMapping("/api/training")
class TrainingController {
  /// Longer than a machine may stand still: an answer that says no must not come before Kafka's.
  private static final int PUBLISH_SECONDS = 75;

  /// Where wishes go.
  record Publishers(
      Publisher<TrainRequest> requests,
      Publisher<TrainCancel> cancels,
      Publisher<DeployCommand> commands) {}

  private final DefinitionStore definitions;
  private final Monitor monitor;
  private final Publishers publishers;
  private final InstantSource clock;
  private final Supplier<String> ids;

  TrainingController(
      DefinitionStore definitions,
      Monitor monitor,
      Publishers publishers,
      InstantSource clock,
      Supplier<String> ids) {
    this.definitions = definitions;
    this.monitor = monitor;
    this.publishers = publishers;
    this.clock = clock;
    this.ids = ids;
  }

  @GetMapping("/history")
  Map<String, List<Run>> history(
      @RequestParam(required = false) @Nullable String organization,
      @RequestParam(required = false) @Nullable String model,
      @RequestParam(defaultValue = "50") int limit) {
    return Map.of("runs", monitor.runs(new Filter(organization, model), Limits.page(limit)));
  }

  @PostMapping("/train")
  ResponseEntity<Map<String, String>> train(
      @RequestBody Wish.Train wish,
      @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String idempotencyKey) {
    check(wish);
    String id = id("train", wish, idempotencyKey);
    publish(() -> publishers.requests.send(key(wish), Wire.request(wish, id, clock.instant())));
    return accepted(wish, "requestId", id);
  }

  @PostMapping("/cancel")
  ResponseEntity<Map<String, String>> cancel(
      @RequestBody Wish.Cancel wish,
      @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String idempotencyKey) {
    check(wish);
    String id = id("cancel", wish, idempotencyKey);
    publish(() -> publishers.cancels.send(key(wish), Wire.cancel(wish, id, clock.instant())));
    return accepted(wish, "cancelId", id);
  }

  @PostMapping("/rollback")
  ResponseEntity<Map<String, String>> rollback(
      @RequestBody Wish.Rollback wish,
      @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String idempotencyKey) {
    check(wish);
    String id = id("rollback", wish, idempotencyKey);
    publish(() -> publishers.commands.send(key(wish), Wire.rollback(wish, id, clock.instant())));
    return accepted(wish, "commandId", id);
  }

  private void check(Wish wish) {
    var problems = wish.problems();
    if (!problems.isEmpty()) {
      throw Refused.invalid(problems);
    }
    if (definitions.model(wish.organization(), wish.model()).isEmpty()) {
      boolean known = definitions.written(wish.organization()).isPresent();
      throw Refused.unknown(wish.organization(), known ? wish.model() : null);
    }
  }

  private String id(String what, Wish wish, @Nullable String idempotencyKey) {
    return idempotencyKey == null
        ? ids.get()
        : EventIds.of(what, wish.organization(), wish.model(), idempotencyKey);
  }

  private static String key(Wish wish) {
    return new ModelKey(wish.organization(), wish.model()).toString();
  }

  private static void publish(Supplier<CompletableFuture<Void>> sending) {
    try {
      sending.get().orTimeout(PUBLISH_SECONDS, TimeUnit.SECONDS).join();
    } catch (CompletionException | KafkaException e) { // Kafka, or the schema registry, is away
      throw Unavailable.publishing(e);
    }
  }

  private static ResponseEntity<Map<String, String>> accepted(Wish wish, String name, String id) {
    var history =
        URI.create(
            "/api/training/history?organization=%s&model=%s"
                .formatted(wish.organization(), wish.model()));
    return ResponseEntity.accepted().location(history).body(Map.of(name, id));
  }
}
