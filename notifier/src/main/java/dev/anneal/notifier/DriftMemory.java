package dev.anneal.notifier;

import dev.anneal.notifier.News.DriftedFeature;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The drifted features of each model's last report, for the decision that follows it on the same
/// partition. Lost with the process: then the message names none.
final class DriftMemory {
  private final Map<String, List<DriftedFeature>> drifted = new ConcurrentHashMap<>();

  void remember(String model, List<DriftedFeature> features) {
    // the surest first; where all are as sure as can be, the largest
    var order = Comparator.comparingDouble(DriftedFeature::pValue);
    drifted.put(
        model,
        features.stream()
            .sorted(
                order.thenComparing(Comparator.comparingDouble(DriftedFeature::value).reversed()))
            .toList());
  }

  List<DriftedFeature> of(String model) {
    return drifted.getOrDefault(model, List.of());
  }
}
