package dev.anneal.deployer;

import java.util.List;
import java.util.stream.Collectors;

/// What the gate says of a candidate.
///
/// @param checks all of them, in order, also after one that failed
public record Verdict(List<GateCheck> checks) {
  public Verdict {
    checks = List.copyOf(checks);
  }

  public boolean isAccepted() {
    return checks.stream().allMatch(GateCheck::passed);
  }

  /// Why not: the messages of the checks that failed.
  public String reason() {
    return checks.stream()
        .filter(c -> !c.passed())
        .map(GateCheck::message)
        .collect(Collectors.joining("; "));
  }
}
