package dev.anneal.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.ingest.Qualities.Codes;
import dev.anneal.schemas.RowCodec.Quality;
import java.math.BigDecimal;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QualitiesTest {
  private static @Nullable Quality quality(Codes codes, @Nullable Object value) {
    return new Qualities(codes, Map.of()).of(value).orElse(null);
  }

  @ParameterizedTest
  @CsvSource({
    "good, GOOD",
    "OK, GOOD",
    "Good_Unspecified, GOOD",
    "GoodClamped, GOOD",
    "bad, BAD",
    "Bad_Stale, BAD",
    "BadNoCommunication, BAD",
    "Bad [Not connected], BAD",
    "Error_Configuration, BAD",
    "Comm Fail, BAD",
    "I/O Timeout, BAD",
    "Out of Serv, BAD",
    "No Data, BAD",
    "Shutdown, BAD",
    "invalid, BAD",
    "Stale, STALE",
    "out of range, OUT_OF_RANGE",
    "out_of_range, OUT_OF_RANGE",
    "Over Range, OUT_OF_RANGE",
    "uncertain, UNCERTAIN",
    "Uncertain_LastKnownValue, UNCERTAIN",
    "questionable, UNCERTAIN",
    "192, GOOD",
    "0xC0, GOOD",
    "whatever,",
    "1e400,",
    "'',"
  })
  void wordsSayIt(String text, @Nullable Quality quality) {
    assertThat(quality(Codes.IGNITION, text)).isEqualTo(quality);
  }

  @ParameterizedTest
  @CsvSource({
    //             DA            UA         IGNITION
    "0,            BAD,          GOOD,      BAD",
    "8,            BAD,          GOOD,      OUT_OF_RANGE",
    "24,           BAD,          GOOD,      BAD",
    "64,           UNCERTAIN,    GOOD,      STALE",
    "80,           UNCERTAIN,    GOOD,      UNCERTAIN",
    "128,          ,             GOOD,      ",
    "192,          GOOD,         GOOD,      GOOD",
    "216,          GOOD,         GOOD,      GOOD",
    "257,          BAD,          GOOD,      UNCERTAIN",
    "310,          BAD,          GOOD,      ",
    "448,          GOOD,         GOOD,      ",
    "500,          GOOD,         GOOD,      STALE",
    "512,          BAD,          GOOD,      BAD",
    "600,          UNCERTAIN,    GOOD,      BAD",
    "1023,         GOOD,         GOOD,      BAD",
    "1024,         BAD,          GOOD,      GOOD",
    "1073742080,   ,             UNCERTAIN, UNCERTAIN",
    "1083179008,   ,             UNCERTAIN, UNCERTAIN",
    "2147483648,   ,             BAD,       BAD",
    "2147484164,   ,             BAD,       BAD",
    "-2147483132,  ,             BAD,       BAD",
    "-2147483136,  ,             BAD,       BAD",
    "-1073741048,  ,             BAD,       BAD",
    "4294967295,   ,             BAD,       BAD",
    "4294967296,   ,             ,          ",
    "-2147483649,  ,             ,          "
  })
  void numbersSayItByTheFamilyOfTheCodes(
      long code, @Nullable Quality da, @Nullable Quality ua, @Nullable Quality ignition) {
    var expected = new @Nullable Quality[] {da, ua, ignition};
    for (Codes codes : Codes.values()) {
      Quality quality = expected[codes.ordinal()];
      assertThat(quality(codes, code)).isEqualTo(quality);
      assertThat(quality(codes, Long.toString(code))).isEqualTo(quality);
      assertThat(quality(codes, (double) code)).isEqualTo(quality);
      assertThat(quality(codes, BigDecimal.valueOf(code).setScale(2))).isEqualTo(quality);
    }
  }

  @Test
  void nullIsGoodAndSwitchesSayIt() {
    assertThat(quality(Codes.UA, null)).isEqualTo(Quality.GOOD);
    assertThat(quality(Codes.UA, true)).isEqualTo(Quality.GOOD);
    assertThat(quality(Codes.UA, false)).isEqualTo(Quality.BAD);
  }

  @Test
  void ownWordsAndNumbersComeFirst() {
    var qualities =
        new Qualities(
            Codes.DA,
            Map.of(
                "Störung",
                Quality.BAD,
                "1",
                Quality.GOOD,
                "good",
                Quality.STALE,
                "-1",
                Quality.BAD));

    assertThat(qualities.of("STÖRUNG")).contains(Quality.BAD);
    assertThat(qualities.of(1)).contains(Quality.GOOD);
    assertThat(qualities.of(1.0)).contains(Quality.GOOD);
    assertThat(qualities.of("-1")).contains(Quality.BAD);
    assertThat(qualities.of("good")).contains(Quality.STALE);
    assertThat(qualities.of("Gut")).isEmpty();
  }

  @Test
  void ownWordsThatDifferInSignsAreTwo() {
    var qualities =
        new Qualities(
            Codes.DA,
            Map.of(
                "A+",
                Quality.GOOD,
                "A-",
                Quality.BAD,
                "✓",
                Quality.GOOD,
                "0x80000000",
                Quality.STALE));

    assertThat(qualities.of("a+")).contains(Quality.GOOD);
    assertThat(qualities.of(" A- ")).contains(Quality.BAD);
    assertThat(qualities.of("✓")).contains(Quality.GOOD);
    assertThat(qualities.of("✗")).isEmpty();
    assertThat(qualities.of("")).isEmpty();
    assertThat(qualities.of(2_147_483_648L)).contains(Quality.STALE);
  }

  @Test
  void aTextIsNoQuality() {
    assertThat(new Qualities(Codes.UA, Map.of()).of("good".repeat(100))).isEmpty();
  }
}
