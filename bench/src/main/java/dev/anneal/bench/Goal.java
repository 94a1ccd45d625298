package dev.anneal.bench;

/// What was wanted and what was measured.
///
/// @param goal the bound
/// @param isAtMost whether the bound is an upper one
public record Goal(String name, String unit, double goal, boolean isAtMost, double value) {
  public static Goal atLeast(String name, String unit, double goal, double value) {
    return new Goal(name, unit, goal, false, value);
  }

  public static Goal atMost(String name, String unit, double goal, double value) {
    return new Goal(name, unit, goal, true, value);
  }

  /// Whether it was reached; what could not be measured was not.
  public boolean isMet() {
    return isAtMost ? value <= goal : value >= goal;
  }

  String wanted() {
    return (isAtMost ? "≤ " : "≥ ") + Numbers.text(goal);
  }
}
