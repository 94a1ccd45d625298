package dev.anneal.drift;

import dev.anneal.features.UnitConversion;
import java.util.List;
import java.util.stream.Stream;

/// The changes of unit that plants make by mistake.
final class UnitMistakes {
  static final List<UnitConversion> ALL =
      Stream.concat(
              Stream.of(
                      "°C → °F",
                      "°F → °C",
                      "°C → K",
                      "K → °C",
                      "°F → K",
                      "K → °F",
                      "bar → psi",
                      "psi → bar",
                      "psi → kPa",
                      "kPa → psi",
                      "in → mm",
                      "mm → in",
                      "m/s → km/h",
                      "km/h → m/s")
                  .map(UnitConversion::parse),
              Stream.of(
                  new UnitConversion("× 10", 10, 0),
                  new UnitConversion("÷ 10", .1, 0),
                  new UnitConversion("× 100, bar → kPa", 100, 0),
                  new UnitConversion("÷ 100, kPa → bar", .01, 0),
                  new UnitConversion("× 1000", 1_000, 0),
                  new UnitConversion("÷ 1000", .001, 0)))
          .toList();

  private UnitMistakes() {}
}
