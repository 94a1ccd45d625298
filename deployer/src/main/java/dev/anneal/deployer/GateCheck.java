package dev.anneal.deployer;

/// One condition of the gate.
///
/// @param value what was found
/// @param limit what was asked for
/// @param message for people, complete in itself
public record GateCheck(String name, boolean passed, double value, double limit, String message) {
  static GateCheck atLeast(String name, double value, double limit) {
    boolean passed = value >= limit;
    return new GateCheck(
        name,
        passed,
        value,
        limit,
        "%s %.4f is %s %.4f".formatted(name, value, passed ? "at least" : "below", limit));
  }

  static GateCheck atMost(String name, String unit, double value, double limit) {
    boolean passed = value <= limit; // false for NaN
    return new GateCheck(
        name,
        passed,
        value,
        limit,
        "%s %s%s is %s %s%s"
            .formatted(name, text(value), unit, passed ? "at most" : "above", text(limit), unit));
  }

  private static String text(double value) {
    return value == Math.rint(value) ? "%.0f".formatted(value) : "%.4g".formatted(value);
  }
}
