package dev.anneal.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.anneal.drift.Detector.Change;
import dev.anneal.drift.LossStream.Matured;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LossStreamTest {
  private static final long HOUR = 3_600_000_000L;
  private static final long DAY = 24 * HOUR;

  private final LossStream stream = new LossStream(DAY, HOUR);

  @Test
  void aLabelIsKnownAfterTheHorizonAndTheDelay() {
    // Given
    stream.predicted("a", 0, .9);
    stream.predicted("b", HOUR, .2);
    stream.failed("a", 20 * HOUR);

    // When
    var early = stream.matured(DAY + HOUR - 1);
    var first = stream.matured(DAY + HOUR);
    var second = stream.matured(3 * DAY);

    // Then
    assertThat(early).isEmpty();
    assertThat(first)
        .singleElement()
        .satisfies(
            matured -> {
              assertThat(matured.asset()).isEqualTo("a");
              assertThat(matured.label()).isTrue();
              assertThat(matured.loss()).isCloseTo(.01, within(1e-12));
            });
    assertThat(second).extracting(Matured::asset).containsExactly("b");
    assertThat(second.getFirst().label()).isFalse();
    assertThat(stream.waiting()).isZero();
  }

  @Test
  void aFailureBeforeThePredictionOrAfterTheHorizonIsNone() {
    stream.failed("a", HOUR);
    stream.predicted("a", HOUR, .5);
    stream.failed("a", HOUR + DAY + 1);

    assertThat(stream.matured(9 * DAY)).extracting(Matured::label).containsExactly(false);
  }

  @Test
  void onePredictionOfAnAssetAndHorizonIsKept() {
    for (int hour = 0; hour < 24 * 10; hour++) {
      stream.predicted("a", hour * HOUR, .1);
    }

    assertThat(stream.waiting()).isEqualTo(10);
  }

  @Test
  void orderOfArrivalAndRestartsDoNotMatter() {
    // Given
    var events = new ArrayList<Runnable>();
    var shuffled = new LossStream(DAY, HOUR);
    var random = new SplittableRandom(1);
    for (int asset = 0; asset < 20; asset++) {
      String name = "asset-é" + asset;
      double score = random.nextDouble();
      long failure = random.nextLong(2 * DAY);
      stream.predicted(name, asset * HOUR, score);
      stream.failed(name, failure);
      long at = asset * HOUR;
      events.add(() -> shuffled.predicted(name, at, score));
      events.add(() -> shuffled.failed(name, failure));
      events.add(() -> shuffled.failed(name, failure));
    }

    // When
    Collections.shuffle(events, new Random(2));
    events.forEach(Runnable::run);
    var restored = LossStream.fromBytes(shuffled.toBytes());

    // Then
    List<Matured> whole = new ArrayList<>(stream.matured(DAY + 12 * HOUR));
    assertThat(restored.matured(DAY + 12 * HOUR)).isEqualTo(whole).isNotEmpty();
    assertThat(restored.toBytes()).isEqualTo(stream.toBytes());
    assertThat(restored.matured(9 * DAY)).isEqualTo(stream.matured(9 * DAY));
  }

  @Test
  void aModelThatGetsWorseIsFoundWhereItBegan() {
    // Given: 50 assets a day; from day 100 on scores mean nothing
    var detector = new Adwin();
    var random = new SplittableRandom(3);
    long alarm = 0;

    // When
    for (int day = 0; day < 200; day++) {
      for (int asset = 0; asset < 50; asset++) {
        boolean fails = random.nextInt(5) == 0;
        double score = day < 100 ? (fails ? .8 : .1) : random.nextDouble();
        stream.predicted("a" + asset, day * DAY + asset, score);
        if (fails) {
          stream.failed("a" + asset, day * DAY + 12 * HOUR);
        }
      }
      for (var matured : stream.matured(day * DAY)) {
        var change = detector.add(matured.loss(), matured.eventTimeMicros());
        alarm = alarm == 0 && change == Change.RISE ? day : alarm;
      }
    }

    // Then
    assertThat(alarm).isBetween(101L, 106L);
    assertThat(detector.locatedMicros() / DAY).isBetween(70L, 101L);
  }
}
