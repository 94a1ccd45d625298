package dev.anneal.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anneal.schemas.RowCodec.Quality;
import dev.anneal.schemas.RowCodec.Row;
import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RowCodecTest {
  private final InMemoryRegistry registry = new InMemoryRegistry();
  private final RowCodec codec =
      RowCodec.telemetry("acme", List.of("temperature", "pressure"), registry);

  private static Row row(double... values) {
    return new Row(
        "press-7", 1_700_000_000_123_456L, 1_700_000_001_000_000L, 42, Quality.UNCERTAIN, values);
  }

  @Test
  void readsBackWhatItWrote() {
    assertThat(codec.decode(codec.encode(row(21.5, Double.NaN)))).isEqualTo(row(21.5, Double.NaN));
  }

  @Test
  void writesAvroThatAnyClientReadsByName() throws IOException {
    byte[] bytes = codec.encode(row(21.5, Double.NaN));
    var decoder = DecoderFactory.get().binaryDecoder(bytes, 5, bytes.length - 5, null);

    var read = new GenericDatumReader<GenericRecord>(codec.schema()).read(null, decoder);

    assertThat(read.get("asset")).hasToString("press-7");
    assertThat(read.get("eventTime")).isEqualTo(1_700_000_000_123_456L);
    assertThat(read.get("temperature")).isEqualTo(21.5);
    assertThat(read.get("pressure")).isNull();
    assertThat(read.get("quality")).hasToString("UNCERTAIN");
  }

  @Test
  void mapsFieldsByNameWhenTheSchemaHasEvolved() {
    var evolved =
        RowCodec.telemetry("acme", List.of("pressure", "current", "temperature"), registry);

    assertThat(evolved.decode(codec.encode(row(21.5, 3))).values())
        .containsExactly(3, Double.NaN, 21.5);
    assertThat(codec.decode(evolved.encode(row(1, 2, 3))).values()).containsExactly(3, 1);
  }

  @Test
  void readsFloatsOfFeatureRows() {
    var features =
        RowCodec.features("acme", "pump-failure", List.of("temperature_mean_5"), registry);

    assertThat(features.decode(features.encode(row(0.1))).values()).containsExactly((double) 0.1f);
  }

  @Test
  void aFeatureRowTakesTheHeaderOfTheTelemetryRowItWasComputedFrom() {
    var features = RowCodec.features("acme", "pump-failure", List.of("a", "b", "c"), registry);
    var view = codec.view();
    codec.read(codec.encode(row(1, Double.NaN)), view);
    codec.read(codec.encode(row(21.5, 3)), view);

    byte[] encoded = features.encode(view, new float[] {0.5f, Float.NaN, 2});

    assertThat(encoded).isEqualTo(features.encode(row(0.5, Double.NaN, 2)));
    assertThat(view.asset()).isEqualTo("press-7");
    assertThat(view.trustedValues()).containsExactly(21.5, 3);
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4})
  void rejectsDamagedBytesOrReadsARow(long seed) {
    var random = new SplittableRandom(seed);
    byte[] whole = codec.encode(row(21.5, 3));
    for (int i = 0; i < 5_000; i++) {
      byte[] damaged = java.util.Arrays.copyOf(whole, 1 + random.nextInt(whole.length));
      damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      try {
        assertThat(codec.decode(damaged).values()).hasSize(2);
      } catch (SerializationException expected) {
        assertThat(expected).hasMessageMatching("(?s).*(wire format|schema id|left over).*");
      }
    }
  }

  @Test
  void rejectsAnEventWhereARowBelongs() {
    int id = registry.register("other", new org.apache.avro.Schema.Parser().parse("\"string\""));
    byte[] bytes = {0, 0, 0, 0, (byte) id, 2, 'x'};

    assertThatThrownBy(() -> codec.decode(bytes))
        .isInstanceOf(SerializationException.class)
        .hasMessageContaining("not one of rows");
  }

  @Test
  void valuesOfARowThatIsNotTrustedAreMissing() {
    var good = new Row("pump-1", 1, 1, 1, Quality.UNCERTAIN, new double[] {1, 2});
    var bad = new Row("pump-1", 1, 1, 1, Quality.STALE, new double[] {1, 2});

    assertThat(good.trustedValues()).containsExactly(1, 2);
    assertThat(bad.trustedValues()).containsExactly(Double.NaN, Double.NaN);
  }
}
