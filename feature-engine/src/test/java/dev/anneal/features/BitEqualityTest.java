package dev.anneal.features;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.features.RandomLog.Row;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The same rows give the same bits, however they are driven.
class BitEqualityTest {
  private static final int SPECIFICATIONS = 50; // of each seed
  private static final int ROWS = 200;

  static LongStream seeds() {
    return LongStream.rangeClosed(1, 21);
  }

  /// What the stream makes of a log: a row's vector where it was added, and which rows are known.
  private static final class Stream {
    private final FeatureSpecification specification;
    private final AssetFeatures features;
    private final List<Row> added = new ArrayList<>();

    Stream(FeatureSpecification specification) {
      this.specification = specification;
      this.features = new AssetFeatures(specification);
    }

    float @Nullable [] take(Row row) {
      return isAdded(row) ? vector() : null;
    }

    boolean isAdded(Row row) {
      boolean isAdded = row.addTo(features).isAdded();
      if (isAdded) {
        added.add(row);
      }
      return isAdded;
    }

    float[] vector() {
      var vector = new float[specification.width()];
      features.computeInto(vector);
      return vector;
    }

    List<Row> sorted() {
      return added.stream().sorted(Comparator.comparingLong(Row::time)).toList();
    }

    /// A state rebuilt from just the rows that are held.
    Stream rebuilt() {
      var sorted = sorted();
      var rebuilt = new Stream(specification);
      sorted
          .subList(sorted.size() - features.retainedRows(), sorted.size())
          .forEach(row -> assertThat(rebuilt.isAdded(row)).isTrue());
      assertThat(rebuilt.features.retainedRows()).isEqualTo(features.retainedRows());
      return rebuilt;
    }
  }

  private static int @Nullable [] bits(float @Nullable [] vector) {
    if (vector == null) {
      return null;
    }
    var bits = new int[vector.length];
    Arrays.setAll(bits, i -> Float.floatToRawIntBits(vector[i]));
    return bits;
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void aStateRebuiltFromTheRowsHeldGoesOnWithTheSameBits(long seed) {
    var random = new SplittableRandom(seed);
    for (int i = 0; i < SPECIFICATIONS; i++) {
      var log = RandomLog.of(random, ROWS);
      var stream = new Stream(log.specification());
      var split = new Stream(log.specification());
      for (var row : log.rows()) {
        if (random.nextInt(40) == 0) {
          split = stream.rebuilt();
        }
        assertThat(bits(split.take(row)))
            .as("%s", log.specification())
            .isEqualTo(bits(stream.take(row)));
      }
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void aRangeInOnePassHasTheBitsOfTheStreamAndOfNothingThatCameLater(long seed) {
    var random = new SplittableRandom(seed);
    for (int i = 0; i < SPECIFICATIONS; i++) {
      var log = RandomLog.of(random, ROWS);
      var stream = new Stream(log.specification());
      var batch = new Stream(log.specification());
      int asked = 1 + random.nextInt(50);
      for (var row : log.rows()) {
        var vector = stream.take(row);
        if (batch.isAdded(row) && random.nextInt(asked) == 0) {
          assertThat(bits(batch.vector())).as("%s", log.specification()).isEqualTo(bits(vector));
        }
      }
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void everyVectorIsWhatItsDefinitionSaysOfTheRowsKnownAndNotNewer(long seed) {
    var random = new SplittableRandom(seed);
    for (int i = 0; i < SPECIFICATIONS; i++) {
      var log = RandomLog.of(random, ROWS);
      var stream = new Stream(log.specification());
      for (var row : log.rows()) {
        var vector = stream.take(row);
        if (vector == null || random.nextInt(20) > 0) {
          continue;
        }
        var rows = stream.sorted().stream().filter(r -> r.time() <= row.time()).toList();
        var plain =
            Recomputation.vector(
                log.specification(),
                rows.stream().mapToLong(Row::time).toArray(),
                rows.stream().map(Row::values).toArray(double[][]::new));
        assertThat(vector)
            .as("%s", log.specification())
            .usingElementComparator(BitEqualityTest::nearly)
            .containsExactly(plain);
      }
    }
  }

  /// The plain recomputation is good to 1e-6 of the values, of up to 1e9.
  private static int nearly(float a, float b) {
    boolean near = Float.compare(a, b) == 0 || Math.abs(a - b) <= 2e-5f * Math.max(1, Math.abs(a));
    return near ? 0 : Float.compare(a, b);
  }
}
