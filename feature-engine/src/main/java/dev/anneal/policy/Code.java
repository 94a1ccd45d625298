package dev.anneal.policy;

import java.util.Locale;

/// Why a decision came out as it did; stable, a query on `anneal.drift` may count on it.
public enum Code {
  /// A training is asked for.
  REQUESTED,

  /// Too little event time was seen for a first model.
  INITIAL_HISTORY,

  /// Too few rows since the change have a known label.
  INSUFFICIENT_LABELS,

  /// Too few of the last windows drifted.
  PERSISTENCE,

  /// The definition says that this kind of evidence asks for no trainings.
  DISABLED,

  /// A training of the model was asked for and has no end yet.
  IN_FLIGHT,

  /// A training was asked for, of whose end nothing was heard: it is waited for no more.
  EXPIRED,

  /// A training on the same change brought no better model and is going to be tried again with
  /// more rows.
  REFRESH_PENDING,

  /// The last request was too short a time ago.
  COOLDOWN,

  /// Sensors are at fault, not the process: that never trains.
  SENSOR_FAULT;

  /// As on the topics: `sensor-fault`.
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
