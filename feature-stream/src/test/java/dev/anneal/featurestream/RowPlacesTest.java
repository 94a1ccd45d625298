package dev.anneal.featurestream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RowPlacesTest {
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void holdsWhatWasAddedAndNotDropped(long seed) {
    var random = new SplittableRandom(seed);
    var places = new RowPlaces();
    var expected = new TreeMap<Long, Long>();
    for (long offset = 0; offset < 2_000; offset++) {
      long time = 10 * offset - random.nextInt(100);
      if (expected.putIfAbsent(time, offset) == null) {
        places.add(time, offset);
      }
      if (random.nextInt(50) == 0) {
        long oldest = time - random.nextInt(2_000);
        var left = expected.headMap(oldest);
        assertThat(places.dropBefore(oldest)).isEqualTo(!left.isEmpty());
        left.clear();
      }
      assertThat(places.oldestMicros()).isEqualTo(expected.firstKey());
      assertThat(places.newestMicros()).isEqualTo(expected.lastKey());
    }
    expected.forEach(
        (time, offset) -> {
          assertThat(places.holds(time, offset)).isTrue();
          assertThat(places.holds(time, offset + 1)).isFalse();
          assertThat(places.holds(time - 1)).isEqualTo(expected.containsKey(time - 1));
        });
  }
}
