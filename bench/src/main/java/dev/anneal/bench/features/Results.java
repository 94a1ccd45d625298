package dev.anneal.bench.features;

import dev.anneal.bench.Numbers;
import dev.anneal.bench.Report;
import dev.anneal.bench.features.Contestant.Kind;
import dev.anneal.bench.features.Race.Outcome;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/// The rounds of one profile.
final class Results {
  private final Map<Contestant, List<Outcome>> outcomes = new LinkedHashMap<>();

  void add(Contestant contestant, Outcome outcome) {
    outcomes.computeIfAbsent(contestant, _ -> new ArrayList<>()).add(outcome);
  }

  boolean has(Kind kind) {
    return outcomes.keySet().stream().anyMatch(c -> c.kind() == kind);
  }

  double rowsPerSecond(Kind kind) {
    return median(kind, o -> o.speed().rowsPerSecond());
  }

  double clientMicros(Kind kind) {
    return median(kind, o -> o.speed().clientMicros());
  }

  double stateShare(Kind kind) {
    return median(kind, Outcome::stateShare);
  }

  /// The median of the rounds' ratios: what disturbed a round disturbed both.
  double ratio(Kind of, Kind to, ToDoubleFunction<Outcome> measure) {
    var left = outcomes(of);
    var right = outcomes(to);
    var ratios = new double[Math.min(left.size(), right.size())];
    for (int round = 0; round < ratios.length; round++) {
      ratios[round] =
          measure.applyAsDouble(left.get(round)) / measure.applyAsDouble(right.get(round));
    }
    return Numbers.median(ratios);
  }

  private double median(Kind kind, ToDoubleFunction<Outcome> measure) {
    return Numbers.median(outcomes(kind).stream().mapToDouble(measure).toArray());
  }

  private List<Outcome> outcomes(Kind kind) {
    return outcomes.entrySet().stream()
        .filter(entry -> entry.getKey().kind() == kind)
        .findFirst()
        .map(Map.Entry::getValue)
        .orElse(List.of());
  }

  void write(Report report, Profile profile, double bytesPerRow) {
    var table =
        report.table(
            "Profile %s: %d assets, windows of %d and %d rows"
                .formatted(profile, profile.assets(), profile.shortRows(), profile.longRows()),
            "contestant",
            "rows/s",
            "MB/s in",
            "of inflate",
            "client µs/row",
            "broker µs/row",
            "bytes out/row on disk",
            "state ÷ input bytes on disk");
    for (var contestant : outcomes.keySet()) {
      var kind = contestant.kind();
      double rate = rowsPerSecond(kind);
      table.add(
          contestant.name(),
          rate,
          rate * bytesPerRow / 1e6,
          ratio(kind, Kind.INFLATE, o -> o.speed().rowsPerSecond()),
          clientMicros(kind),
          median(kind, o -> o.speed().brokerMicros()),
          median(kind, Outcome::outputBytes),
          stateShare(kind));
    }
  }
}
