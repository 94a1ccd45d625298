package dev.anneal.stage;

/// A record that can never be applied, whatever is tried. Goes to the stage's dead letters.
public final class RejectedRecord extends RuntimeException {
  private final String code;

  /// @param code stable, e.g. `malformed-avro`; also the metric's tag
  /// @param reason for people: what was expected, what was found
  public RejectedRecord(String code, String reason) {
    super(reason);
    this.code = code;
  }

  public String code() {
    return code;
  }
}
