package dev.anneal.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnitConversionTest {
  @ParameterizedTest
  @CsvSource({
    "°F → °C, 212, 100",
    "°F -> °C, -40, -40",
    "degF->degC, 32, 0",
    "K → °C, 273.15, 0",
    "°C → K, 20, 293.15",
    "psi → bar, 14.503773773, 1",
    "kPa → bar, 250, 2.5",
    "bar → kPa, 2.5, 250",
    "in/s → mm/s, 0.1, 2.54",
    "m/s → km/h, 10, 36",
    "mA → A, 4200, 4.2",
    "rpm → Hz, 1500, 25",
    "mil → µm, 2, 50.8",
    "mil → um, 2, 50.8"
  })
  void convertsWhatPlantsWriteIn(String text, double value, double expected) {
    var conversion = UnitConversion.parse(text);

    assertThat(conversion.apply(value)).isCloseTo(expected, within(1e-9));
    assertThat(conversion.invert(expected)).isCloseTo(value, within(1e-9));
  }

  @Test
  void saysWhatIsWrongWithAConversion() {
    assertThatThrownBy(() -> UnitConversion.parse("°F → parsec"))
        .hasMessageContaining("unknown unit `parsec`, known are");
    assertThatThrownBy(() -> UnitConversion.parse("°F → bar"))
        .hasMessage("`°F → bar`: °F measures temperature, bar measures pressure");
    assertThatThrownBy(() -> UnitConversion.parse("°F"))
        .hasMessageContaining("is written `°F → °C`, found `°F`");
  }
}
