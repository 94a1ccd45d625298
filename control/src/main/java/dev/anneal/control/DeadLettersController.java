package dev.anneal.control;

import dev.anneal.control.definitions.Problem;
import dev.anneal.schemas.Stage;
import dev.anneal.schemas.Topics;
import dev.anneal.stage.StageKafka;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/// What the stages could not use, the newest first.
@RestController
class DeadLettersController {
  /// Records of each stage and partition that are looked at.
  private static final int LOOKED_AT = 1_000;

  private static final Comparator<RejectedView> BY_TIME =
      Comparator.comparing(RejectedView::occurredAt);
  private static final List<Stage> STAGES =
      Arrays.stream(Stage.values()).filter(s -> s != Stage.CLIENT).toList();

  private final StageKafka kafka;

  DeadLettersController(StageKafka kafka) {
    this.kafka = kafka;
  }

  /// @param organization null: all
  /// @param stage null: all
  @GetMapping("/api/deadletters")
  Map<String, List<RejectedView>> newest(
      @RequestParam(required = false) @Nullable String organization,
      @RequestParam(required = false) @Nullable String stage,
      @RequestParam(defaultValue = "50") int limit) {
    int most = Limits.page(limit);
    var newest = new PriorityQueue<>(BY_TIME);
    for (Stage one : stage == null ? STAGES : List.of(stage(stage))) {
      read(one, organization, most, newest);
    }
    return Map.of("deadLetters", newest.stream().sorted(BY_TIME.reversed()).toList());
  }

  private void read(
      Stage stage, @Nullable String organization, int most, PriorityQueue<RejectedView> newest) {
    try {
      kafka.newest(
          Topics.deadLetters(stage),
          LOOKED_AT,
          letter -> {
            var view = RejectedView.of(letter);
            if (organization == null || organization.equals(view.organization())) {
              newest.add(view);
            }
            if (newest.size() > most) {
              newest.remove();
            }
          });
    } catch (KafkaException _) {
      throw Unavailable.kafka();
    }
  }

  private static Stage stage(String id) {
    return STAGES.stream()
        .filter(s -> s.id().equals(id))
        .findFirst()
        .orElseThrow(
            () ->
                Refused.invalid(
                    List.of(
                        new Problem(
                            "stage",
                            "must be one of %s, was \"%s\""
                                .formatted(STAGES.stream().map(Stage::id).toList(), id)))));
  }
}
