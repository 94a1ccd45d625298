package dev.anneal.features;

import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// A conversion of units as a definition names it (`°F → °C`, or `°F -> °C`): `value · factor +
/// shift`.
///
/// @param text the definition's own words
public record UnitConversion(String text, double factor, double shift) {
  /// A unit as `base = (value + shift) · factor` of the base unit of what it measures.
  private record Unit(String quantity, double shift, double factor) {}

  private static final Pattern ARROW = Pattern.compile("\\s*(?:→|->)\\s*");
  private static final double PASCALS_OF_PSI = 6894.757293168361;
  private static final Map<String, Unit> UNITS =
      Map.ofEntries(
          Map.entry("°C", new Unit("temperature", 0, 1)),
          Map.entry("°F", new Unit("temperature", -32, 5 / 9.0)),
          Map.entry("K", new Unit("temperature", -273.15, 1)),
          Map.entry("Pa", new Unit("pressure", 0, 1)),
          Map.entry("mbar", new Unit("pressure", 0, 100)),
          Map.entry("kPa", new Unit("pressure", 0, 1_000)),
          Map.entry("bar", new Unit("pressure", 0, 100_000)),
          Map.entry("MPa", new Unit("pressure", 0, 1_000_000)),
          Map.entry("psi", new Unit("pressure", 0, PASCALS_OF_PSI)),
          Map.entry("mm/s", new Unit("velocity", 0, 1)),
          Map.entry("in/s", new Unit("velocity", 0, 25.4)),
          Map.entry("m/s", new Unit("velocity", 0, 1_000)),
          Map.entry("km/h", new Unit("velocity", 0, 1_000 / 3.6)),
          Map.entry("µm", new Unit("length", 0, 1)),
          Map.entry("mil", new Unit("length", 0, 25.4)),
          Map.entry("mm", new Unit("length", 0, 1_000)),
          Map.entry("in", new Unit("length", 0, 25_400)),
          Map.entry("m", new Unit("length", 0, 1_000_000)),
          Map.entry("mA", new Unit("current", 0, 1)),
          Map.entry("A", new Unit("current", 0, 1_000)),
          Map.entry("mV", new Unit("voltage", 0, 1)),
          Map.entry("V", new Unit("voltage", 0, 1_000)),
          Map.entry("kV", new Unit("voltage", 0, 1_000_000)),
          Map.entry("W", new Unit("power", 0, 1)),
          Map.entry("kW", new Unit("power", 0, 1_000)),
          Map.entry("MW", new Unit("power", 0, 1_000_000)),
          Map.entry("hp", new Unit("power", 0, 745.6998715822702)),
          Map.entry("rpm", new Unit("frequency", 0, 1)),
          Map.entry("Hz", new Unit("frequency", 0, 60)),
          Map.entry("kHz", new Unit("frequency", 0, 60_000)),
          Map.entry("l/min", new Unit("flow", 0, 1)),
          Map.entry("l/s", new Unit("flow", 0, 60)),
          Map.entry("m³/h", new Unit("flow", 0, 1_000 / 60.0)));

  /// @throws IllegalArgumentException when a unit is unknown or the two do not measure the same;
  ///     says which
  public static UnitConversion parse(String text) {
    String[] sides = ARROW.split(text.strip(), -1);
    if (sides.length != 2) {
      throw new IllegalArgumentException(
          "a unit conversion is written `°F → °C`, found `%s`".formatted(text));
    }
    Unit from = unit(sides[0], text);
    Unit to = unit(sides[1], text);
    if (!from.quantity.equals(to.quantity)) {
      throw new IllegalArgumentException(
          "`%s`: %s measures %s, %s measures %s"
              .formatted(text, sides[0], from.quantity, sides[1], to.quantity));
    }
    double factor = from.factor / to.factor;
    return new UnitConversion(text, factor, from.shift * factor - to.shift);
  }

  private static Unit unit(String name, String text) {
    // keyboards without ° and µ, and the Greek letter for the micro sign
    String plain =
        name.replace("degC", "°C").replace("degF", "°F").replace('μ', 'µ').replace("um", "µm");
    Unit unit = UNITS.get(plain.equals("RPM") ? plain.toLowerCase(Locale.ROOT) : plain);
    if (unit == null) {
      throw new IllegalArgumentException(
          "`%s`: unknown unit `%s`, known are %s"
              .formatted(
                  text,
                  name,
                  new TreeSet<>(UNITS.keySet()).stream().collect(Collectors.joining(", "))));
    }
    return unit;
  }

  public double apply(double value) {
    return value * factor + shift;
  }

  /// The value that is converted to this one.
  public double invert(double value) {
    return (value - shift) / factor;
  }
}
