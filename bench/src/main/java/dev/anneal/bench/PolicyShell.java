package dev.anneal.bench;

import dev.anneal.policy.PolicyEvent;
import dev.anneal.policy.PolicyEvent.Requested;
import dev.anneal.policy.PolicyInput;
import dev.anneal.policy.RetrainingPolicy;
import dev.anneal.policy.RetrainingState;
import java.util.ArrayList;
import java.util.List;

/// Keeps the state of one model's retraining policy, as the feature stream does in Kafka.
public final class PolicyShell {
  private final RetrainingPolicy policy;
  private RetrainingState state = RetrainingState.NEW;

  public PolicyShell(RetrainingPolicy policy) {
    this.policy = policy;
  }

  /// @return the trainings that are asked for now
  public List<Requested> hear(PolicyInput input) {
    var requests = new ArrayList<Requested>();
    for (PolicyEvent event : policy.decide(state, input)) {
      state = policy.apply(state, event);
      if (event instanceof Requested requested) {
        requests.add(requested);
      }
    }
    return requests;
  }
}
