package dev.anneal.control;

import dev.anneal.control.monitor.Run;
import dev.anneal.control.monitor.Serving;
import dev.anneal.control.monitor.Trouble;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Where a model stands, in a person's words.
///
/// @param state WAITING (nothing serves yet), QUEUED, TRAINING or SERVING
/// @param reason what it waits for, or what keeps it; null where there is nothing to say
record ModelStanding(String state, @Nullable String reason) {
  /// The troubles in which the rows of other tables, or of other columns, come.
  private static final Set<String> SOME_ROWS =
      Set.of("SOURCE_TABLES_MISSING", "SOURCE_COLUMNS_MISSING");

  static ModelStanding of(
      @Nullable Trouble trouble,
      @Nullable Run run,
      @Nullable Serving deployed,
      Serving.@Nullable Decision decision) {
    String state = state(run, deployed);
    if (trouble != null) {
      String rows = SOME_ROWS.contains(trouble.kind()) ? "not all rows come" : "no rows come";
      return new ModelStanding(
          state, "%s: %s: %s".formatted(rows, trouble.kind(), trouble.reason()));
    }
    return new ModelStanding(
        state,
        switch (state) {
          case "WAITING" -> waitsFor(run, decision);
          case "TRAINING" -> run == null ? null : run.reason();
          default -> null;
        });
  }

  private static String state(@Nullable Run run, @Nullable Serving deployed) {
    var training = run == null ? null : run.state();
    if (training == Run.State.TRAINING || training == Run.State.RETRYING) {
      return "TRAINING";
    }
    if (training == Run.State.QUEUED) {
      return "QUEUED";
    }
    return deployed == null ? "WAITING" : "SERVING";
  }

  private static String waitsFor(@Nullable Run run, Serving.@Nullable Decision decision) {
    if (run != null && run.reason() != null) {
      return "the last training: %s: %s".formatted(run.state(), run.reason());
    }
    if (decision != null) {
      return "first training %s: %s: %s"
          .formatted(
              decision.decision().toLowerCase(java.util.Locale.ROOT),
              decision.code(),
              decision.reason());
    }
    return "waiting for the first rows of its sensors";
  }
}
