package dev.anneal.control.definitions;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One model, resolved. Component names are the fields of Avro's `ModelDefinition`: this record as
/// JSON is the column `control.model.document`.
public record ModelDefinition(
    String organization,
    String model,
    String task,
    @Nullable Long failureWithinSeconds,
    List<String> sensors,
    List<Integer> lagSeconds,
    List<String> rollingWindows,
    Features features,
    @Nullable Regimes regimes,
    double failureProbability,
    double confidenceThreshold,
    Map<String, String> hyperparameters,
    @Nullable Schedule schedule,
    int retryAttempts,
    boolean notifyOnSuccess,
    boolean notifyOnFailure,
    DriftSettings drift,
    Gate gate) {
  /// What is computed of the sensors besides their values and lags, and of which rows.
  public record Features(
      List<String> statistics,
      List<Integer> deltaSeconds,
      List<String> timeFeatures,
      String timeZone,
      boolean staleness,
      int graceSeconds,
      int aheadSeconds) {}

  /// Operating regimes within which a training compares features.
  ///
  /// @param settings sensors of the model
  public record Regimes(List<String> settings, int count) {}

  /// When to train, by the clock.
  public record Schedule(String pattern, String timezone, boolean enabled) {}

  /// What a candidate must reach to serve.
  public record Gate(
      double minAccuracy,
      double minPrecision,
      double minRecall,
      long maxSizeBytes,
      double maxLatencyMillis) {
    static Gate byDefault(double minAccuracy) {
      return new Gate(minAccuracy, 0.70, 0.70, 100L << 20, 100);
    }
  }
}
