package dev.anneal.featurestream;

import dev.anneal.policy.PolicyEvent;
import dev.anneal.policy.PolicyInput;
import dev.anneal.policy.RetrainingPolicy;
import dev.anneal.policy.RetrainingSettings;
import dev.anneal.policy.RetrainingState;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The retraining policies of one partition's models: what they hear, and what they wait for.
///
/// @param store of their states, and beside each what it waits for
record ModelPolicies(JsonStore store, Outbox outbox) {
  private static final String WAITS = "#waits";

  /// Sends what follows from an input; nothing follows from none.
  void hear(Model model, @Nullable PolicyInput input) {
    if (input == null) {
      return;
    }
    var policy =
        new RetrainingPolicy(model.key(), model.failureWithinSeconds(), model.retraining());
    var state = state(model.key());
    for (var event : policy.decide(state, input)) {
      switch (event) {
        case PolicyEvent.Noted _ -> {}
        case PolicyEvent.Requested requested -> outbox.requested(model, requested);
        case PolicyEvent.Suppressed suppressed -> outbox.suppressed(model, suppressed);
      }
      state = policy.apply(state, event);
    }
    store.put(model.key(), state);
  }

  /// What happened to a model's trainings happened, with a definition or without: else a request
  /// that ended in between would be in flight for ever once the definition is back. Nothing is
  /// asked for.
  ///
  /// @param key of a model without a definition
  void note(String key, PolicyInput input) {
    var policy = new RetrainingPolicy(key, 0, RetrainingSettings.DEFAULT);
    store.put(key, policy.apply(state(key), new PolicyEvent.Noted(input)));
  }

  List<String> keys() {
    return store.keys().stream().filter(key -> !key.endsWith(WAITS)).toList();
  }

  /// Looks what has been waited for too long.
  ///
  /// @param model with this key, null where it has no definition
  /// @param nowMillis milliseconds since 1970
  /// @return whether the model is gone for good
  boolean look(String key, @Nullable Model model, long nowMillis, Duration patience) {
    var inFlight = state(key).requests().inFlight().keySet();
    var waits = store.get(key + WAITS, ModelWaits.class, ModelWaits.NONE);
    var heard = waits.at(nowMillis, model != null, inFlight, patience.toMillis());
    if (!heard.waits().equals(waits)) {
      store.put(key + WAITS, heard.waits());
    }
    for (String id : heard.expired()) {
      var expired = new PolicyInput.Ended(id, PolicyInput.End.EXPIRED);
      if (model == null) {
        note(key, expired);
      } else {
        hear(model, expired);
      }
    }
    return heard.isForgotten();
  }

  /// Changes nothing where that was done before.
  ///
  /// @return event time that the model had reached
  long forget(String key) {
    var state = state(key);
    var forgotten = state.forgotten();
    if (!forgotten.equals(state)) {
      store.put(key, forgotten);
    }
    return state.now();
  }

  private RetrainingState state(String key) {
    return store.get(key, RetrainingState.class, RetrainingState.NEW);
  }
}
