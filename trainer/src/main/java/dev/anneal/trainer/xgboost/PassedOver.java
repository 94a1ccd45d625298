package dev.anneal.trainer.xgboost;

import java.util.Map;

/// Records of the cut that a model was not trained on, and why.
///
/// @param unreadable did not decode
/// @param withoutValue had none
/// @param badEventTime rows from before 1970 or from the future
/// @param badOutcomeTime failures from then
/// @param late rows older than one of their asset that came before by more than the grace, and
///     other rows of a time that had come
/// @param duplicate rows that came twice
/// @param untrusted rows whose quality says that their values are not to be used: in the dataset,
///     all of them missing
/// @param outsideRange rows before or after the range asked for; they count in the features of rows
///     inside
/// @param leftOut the oldest rows inside, for which the dataset had no room
public record PassedOver(
    long unreadable,
    long withoutValue,
    long badEventTime,
    long badOutcomeTime,
    long late,
    long duplicate,
    long untrusted,
    long outsideRange,
    long leftOut) {
  /// No record was.
  public static final PassedOver NONE = new PassedOver(0, 0, 0, 0, 0, 0, 0, 0, 0);

  /// For the model card.
  Map<String, String> settings() {
    return Map.of(
        "unreadableRecords", Long.toString(unreadable),
        "recordsWithoutValue", Long.toString(withoutValue),
        "badEventTimeRows", Long.toString(badEventTime),
        "badEventTimeOutcomes", Long.toString(badOutcomeTime),
        "lateRows", Long.toString(late),
        "duplicateRows", Long.toString(duplicate),
        "untrustedRows", Long.toString(untrusted),
        "rowsOutsideRange", Long.toString(outsideRange),
        "rowsLeftOut", Long.toString(leftOut));
  }
}
