package dev.anneal.trainer.xgboost;

/// A training that cannot end in a model, with a stable code that is also the metric's tag.
public final class TrainingFailure extends RuntimeException {
  private final String code;

  public TrainingFailure(String code, String message) {
    super(message);
    this.code = code;
  }

  public TrainingFailure(String code, String message, Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  /// E.g. `insufficient-labels`.
  public String code() {
    return code;
  }
}
