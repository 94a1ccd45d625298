package dev.anneal.control;

import dev.anneal.control.definitions.Problem;
import dev.anneal.schemas.Stage;
import dev.anneal.schemas.Topics;
import dev.anneal.stage.StageKafka;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/// What the stages could not use, the newest first.
@RestController
class DeadLettersController {
  /// Records of each stage and partition that are looked at: the letters of an organization may lie
  /// behind many of others.
  private static final int LOOKED_AT = 100_000;

  /// @param complete false where older ones were not looked at, and there may be more
  record Answer(List<RejectedView> deadLetters, boolean complete) {}

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
  Answer newest(
      @RequestParam(required = false) @Nullable String organization,
      @RequestParam(required = false) @Nullable String stage,
      @RequestParam(defaultValue = "50") int limit) {
    int most = Limits.page(limit);
    var newest = new PriorityQueue<>(BY_TIME);
    boolean complete = true;
    for (Stage one : stage == null ? STAGES : List.of(stage(stage))) {
      complete &= read(one, organization, most, newest);
    }
    return new Answer(newest.stream().sorted(BY_TIME.reversed()).toList(), complete);
  }

  private boolean read(
      Stage stage, @Nullable String organization, int most, PriorityQueue<RejectedView> newest) {
    try {
      return kafka.newest(
          Topics.deadLetters(stage),
          most,
          LOOKED_AT,
          letter -> {
            var view = RejectedView.of(letter);
            boolean wanted = organization == null || organization.equals(view.organization());
            if (wanted) {
              newest.add(view);
            }
            if (newest.size() > most) {
              newest.remove();
            }
            return wanted;
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
