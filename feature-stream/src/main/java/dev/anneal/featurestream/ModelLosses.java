package dev.anneal.featurestream;

import dev.anneal.featurestream.AssetLosses.Sample;
import dev.anneal.policy.EventTime;
import dev.anneal.schemas.ModelKey;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.function.Predicate;

/// Scores of one partition's assets that wait for their labels, and what they tell the policies
/// once those are known. An asset that is scored no more is forgotten, [#FORGOTTEN_AFTER] behind
/// the newest score of its organization, a model with its definition. For one thread.
final class ModelLosses {
  static final long FORGOTTEN_AFTER = 30 * EventTime.DAY_MICROS;

  private static final String SAMPLES = "samples/";

  private final JsonStore store;
  private final KnownOutcomes outcomes;
  private final Outbox outbox;
  private final Map<String, AssetLosses> losses = new HashMap<>();
  private final Map<String, Long> forgotten = new HashMap<>();

  /// @param store also of other things, whose keys begin otherwise
  ModelLosses(JsonStore store, KnownOutcomes outcomes, Outbox outbox) {
    this.store = store;
    this.outcomes = outcomes;
    this.outbox = outbox;
  }

  /// @param deployed whose score it is
  void add(Model model, Deployed deployed, String asset, Sample sample) {
    String key = prefix(model.organization()) + model.name() + "/" + asset;
    var none = AssetLosses.none(deployed.deploymentId());
    var before = losses.computeIfAbsent(key, _ -> store.get(key, AssetLosses.class, none));
    var current = before.deploymentId().equals(deployed.deploymentId()) ? before : none;
    long horizon = model.failureWithinSeconds() * EventTime.SECOND_MICROS;
    if (!current.wants(sample.micros(), horizon)) {
      return;
    }
    long[] failures = outcomes.failures(model.organization(), asset);
    long reached = outcomes.reachedMicros(model.organization());
    var matured = current.with(sample).mature(reached, horizon, failures);
    losses.put(key, matured.rest());
    store.put(key, matured.rest());
    for (var loss : matured.losses()) {
      var message =
          new Message.Loss(
              deployed.deploymentId(),
              deployed.version(),
              deployed.deployedAtMicros(),
              loss.startMicros(),
              loss.loss(),
              loss.first());
      outbox.policy(model, message, sample.micros());
    }
    forgetNowAndThen(model.organization(), sample.micros());
  }

  /// It looks at every asset.
  private void forgetNowAndThen(String organization, long newestMicros) {
    Long last = forgotten.get(organization);
    if (last != null && newestMicros < last + FORGOTTEN_AFTER) {
      return;
    }
    forgotten.put(organization, newestMicros);
    long before = newestMicros - FORGOTTEN_AFTER;
    String prefix = prefix(organization);
    var waiting = new HashSet<String>();
    for (String key : store.keys(prefix)) {
      var samples = store.get(key, AssetLosses.class, AssetLosses.none("")).samples();
      if (samples.isEmpty() || samples.getLast().micros() < before) {
        forget(key);
      } else {
        waiting.add(key.substring(key.indexOf('/', prefix.length()) + 1));
      }
    }
    outcomes.forget(organization, waiting, before);
  }

  /// Forgets all other models' scores.
  ///
  /// @param models says which to keep
  void retain(Predicate<ModelKey> models) {
    store.keys(SAMPLES).stream()
        .filter(key -> !models.test(ModelKey.at(key.substring(SAMPLES.length()))))
        .forEach(this::forget);
  }

  private void forget(String key) {
    store.delete(key);
    losses.remove(key);
  }

  private static String prefix(String organization) {
    return SAMPLES + organization + "/";
  }
}
