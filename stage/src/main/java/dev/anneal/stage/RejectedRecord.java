package dev.anneal.stage;

import dev.anneal.schemas.ClientFields;

/// A record that can never be applied, whatever is tried. Goes to the stage's dead letters.
public final class RejectedRecord extends RuntimeException {
  private final String code;

  /// @param code stable, e.g. `malformed-avro`; also the metric's tag
  /// @param reason for people: what was expected, what was found
  public RejectedRecord(String code, String reason) {
    super(reason);
    this.code = code;
  }

  /// @throws RejectedRecord when a field of what a client wrote is wrong
  public static void require(String code, ClientFields fields) {
    fields
        .message()
        .ifPresent(
            message -> {
              throw new RejectedRecord(code, message);
            });
  }

  public String code() {
    return code;
  }
}
