package dev.anneal.standalone.demo;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Names the stage that a loop waits for.
final class Standstill {
  /// How far the rows of one organization have come.
  ///
  /// @param written event time of the newest row in its database
  /// @param read of the newest one in the telemetry topic; null: none
  /// @param rows in the telemetry topic, without those that were rejected
  /// @param features rows of the features topics
  /// @param serves whether a model does
  /// @param scored event time of the newest prediction; null: none
  record Rows(
      String organization,
      Instant written,
      @Nullable Instant read,
      long rows,
      long features,
      boolean serves,
      @Nullable Instant scored) {}

  private Standstill() {}

  /// In the order of the data: the first stage that has not done what it has got.
  ///
  /// @param trainings that were asked for and have not ended
  static String stage(List<Rows> organizations, int trainings) {
    for (Rows rows : organizations) {
      String where =
          "%s: rows up to %s are written, ".formatted(rows.organization(), rows.written());
      if (rows.read() == null || rows.read().isBefore(rows.written())) {
        return "ingest (%sread up to %s)".formatted(where, rows.read());
      }
      if (rows.features() < rows.rows()) {
        return "feature-stream (%s: %d rows are read, %d have features)"
            .formatted(rows.organization(), rows.rows(), rows.features());
      }
      if (rows.serves() && (rows.scored() == null || rows.scored().isBefore(rows.read()))) {
        return "deployer (%sscored up to %s)".formatted(where, rows.scored());
      }
    }
    return trainings > 0
        ? "trainer (%d trainings have not ended)".formatted(trainings)
        : "none: every row is scored and every training has ended";
  }
}
