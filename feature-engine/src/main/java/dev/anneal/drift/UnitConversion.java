package dev.anneal.drift;

/// A change of unit that plants make by mistake: `factor · x + offset`.
enum UnitConversion {
  CELSIUS_TO_FAHRENHEIT("°C → °F", 1.8, 32),
  FAHRENHEIT_TO_CELSIUS("°F → °C", 1 / 1.8, -32 / 1.8),
  CELSIUS_TO_KELVIN("°C → K", 1, 273.15),
  KELVIN_TO_CELSIUS("K → °C", 1, -273.15),
  FAHRENHEIT_TO_KELVIN("°F → K", 1 / 1.8, 459.67 / 1.8),
  KELVIN_TO_FAHRENHEIT("K → °F", 1.8, -459.67),
  BAR_TO_PSI("bar → psi", 14.503774, 0),
  PSI_TO_BAR("psi → bar", 1 / 14.503774, 0),
  PSI_TO_KILOPASCAL("psi → kPa", 6.894757, 0),
  KILOPASCAL_TO_PSI("kPa → psi", 1 / 6.894757, 0),
  INCH_TO_MILLIMETRE("in → mm", 25.4, 0),
  MILLIMETRE_TO_INCH("mm → in", 1 / 25.4, 0),
  METRE_PER_SECOND_TO_KILOMETRE_PER_HOUR("m/s → km/h", 3.6, 0),
  KILOMETRE_PER_HOUR_TO_METRE_PER_SECOND("km/h → m/s", 1 / 3.6, 0),
  TIMES_10("× 10", 10, 0),
  BY_10("÷ 10", .1, 0),
  TIMES_100("× 100, bar → kPa", 100, 0),
  BY_100("÷ 100, kPa → bar", .01, 0),
  TIMES_1000("× 1000", 1000, 0),
  BY_1000("÷ 1000", .001, 0);

  private final String label;
  private final double factor;
  private final double offset;

  UnitConversion(String label, double factor, double offset) {
    this.label = label;
    this.factor = factor;
    this.offset = offset;
  }

  String label() {
    return label;
  }

  double apply(double value) {
    return factor * value + offset;
  }

  double invert(double value) {
    return (value - offset) / factor;
  }
}
