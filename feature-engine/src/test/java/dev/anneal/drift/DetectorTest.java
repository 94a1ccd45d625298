package dev.anneal.drift;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.drift.Detector.Change;
import dev.anneal.drift.Detector.Kind;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import moa.classifiers.core.driftdetection.ADWIN;
import moa.classifiers.core.driftdetection.AbstractChangeDetector;
import moa.classifiers.core.driftdetection.CusumDM;
import moa.classifiers.core.driftdetection.DDM;
import moa.classifiers.core.driftdetection.HDDM_A_Test;
import moa.classifiers.core.driftdetection.HDDM_W_Test;
import moa.classifiers.core.driftdetection.PageHinkleyDM;
import moa.classifiers.core.driftdetection.RDDM;
import moa.classifiers.core.driftdetection.SeqDrift2ChangeDetector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DetectorTest {
  /// Golden vector C: errors at a rate of .2, from 2000 on of .35.
  private static double[] goldenErrors() {
    var errors = new double[4000];
    long z = 42;
    for (int i = 0; i < errors.length; i++) {
      z = (z * 1103515245 + 12345) & 0x7fffffff;
      errors[i] = z / 2147483648.0 < (i < 2000 ? .2 : .35) ? 1 : 0;
    }
    return errors;
  }

  @Test
  void alarmsOfGoldenVectorCAreKnown() {
    // Given
    var adwin = new Adwin();

    // When
    var alarms = rises(adwin, goldenErrors());

    // Then
    assertThat(goldenErrors()).satisfies(errors -> assertThat(sum(errors)).isEqualTo(1072));
    assertThat(alarms).containsExactly(2175, 2207, 2591, 2911);
    assertThat(adwin.width()).isEqualTo(2208);
    assertThat(rises(new Ddm(), goldenErrors())).first().isEqualTo(2169);
    assertThat(rises(new HddmA(), goldenErrors())).first().isEqualTo(2169);
    assertThat(rises(new PageHinkley(), goldenErrors())).first().isEqualTo(2247);
    assertThat(rises(new PageHinkley(Double.NEGATIVE_INFINITY), goldenErrors()))
        .first()
        .isEqualTo(2493);
  }

  /// But for STEPD (2083), which needs Weka.
  @Test
  void moaAlarmsWhereGoldenVectorCSays() {
    assertThat(rises(new ADWIN(), goldenErrors())).containsExactly(2175, 2207, 2591, 2911);
    assertThat(rises(new DDM(), goldenErrors())).first().isEqualTo(2169);
    assertThat(rises(new HDDM_A_Test(), goldenErrors())).first().isEqualTo(2169);
    assertThat(rises(new HDDM_W_Test(), goldenErrors())).first().isEqualTo(2085);
    assertThat(rises(new RDDM(), goldenErrors())).first().isEqualTo(2083);
    assertThat(rises(new CusumDM(), goldenErrors())).first().isEqualTo(2235);
    assertThat(rises(new SeqDrift2ChangeDetector(), goldenErrors())).first().isEqualTo(2199);
    assertThat(rises(new PageHinkleyDM(), goldenErrors())).first().isEqualTo(2493);
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void alarmsAreThoseOfMoa(long seed) {
    double[] errors = errors(seed);

    assertThat(rises(new Ddm(), errors)).isEqualTo(rises(new DDM(), errors));
    assertThat(rises(new HddmA(), errors)).isEqualTo(rises(new HDDM_A_Test(), errors));
    assertThat(rises(new PageHinkley(Double.NEGATIVE_INFINITY), errors))
        .isEqualTo(rises(new PageHinkleyDM(), errors));
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void adwinsWindowIsMoasAfterEveryInput(long seed) {
    double delta = seed <= 4 ? Kind.ADWIN.significance() : .05;
    var adwin = new Adwin(delta);
    var moa = new ADWIN(delta);
    double[] errors = errors(seed);
    double[] losses = losses(seed);
    for (int i = 0; i < errors.length; i++) {
      double value = seed % 2 == 0 ? errors[i] : losses[i];
      boolean changed = adwin.add(value, i) != Change.NONE;
      assertThat(changed).as("input %d", i).isEqualTo(moa.setInput(value));
      assertThat(adwin.width()).as("input %d", i).isEqualTo(moa.getWidth());
    }
  }

  @ParameterizedTest
  @EnumSource
  void aStateFromBytesGoesOnToTheBit(Kind kind) {
    double[] errors = errors(9);
    var whole = kind.create();
    var restored = kind.create();
    var random = new SplittableRandom(1);
    for (int i = 0; i < errors.length; i++) {
      assertThat(restored.add(errors[i], i)).isEqualTo(whole.add(errors[i], i));
      if (random.nextInt(500) == 0) {
        assertThat(restored.toBytes()).isEqualTo(whole.toBytes());
        restored = new LossDetector(kind, kind.significance()).resume(restored.toBytes());
      }
    }
    assertThat(restored.toBytes()).isEqualTo(whole.toBytes());
    assertThat(restored.locatedMicros()).isEqualTo(whole.locatedMicros());
  }

  /// Its bytes: kind, last row, inputs, width, total, variance; then of each row how many buckets,
  /// and of each bucket total, variance and start.
  @Test
  void anAdwinStoredBeforeCutsWereLocatedGoesOnFromItsWindowsStart() {
    // Given
    var adwin = new Adwin();
    for (int i = 0; i < 8; i++) {
      adwin.add(i % 2, 100 + i);
    }
    var stored = ByteBuffer.allocate(1 + 1 + 4 * 8 + 2 + (4 + 2) * 3 * 8);
    stored.put((byte) 0).put((byte) 1).putLong(8).putLong(8).putDouble(4).putDouble(2);
    stored.put((byte) 4);
    for (int i = 4; i < 8; i++) {
      stored.putDouble(i % 2).putDouble(0).putLong(100 + i);
    }
    stored.put((byte) 2);
    stored.putDouble(1).putDouble(.5).putLong(100);
    stored.putDouble(1).putDouble(.5).putLong(102);

    // When
    var resumed = LossDetector.DEFAULT.resume(stored.array());

    // Then
    assertThat(resumed.locatedMicros()).isEqualTo(100);
    assertThat(resumed).hasToString(adwin.toString());
    assertThat(rises(resumed, goldenErrors())).isNotEmpty().isEqualTo(rises(adwin, goldenErrors()));
  }

  @ParameterizedTest
  @EnumSource(names = {"ADWIN", "PAGE_HINKLEY", "HDDM_A"})
  void aFallIsNotARise(Kind kind) {
    var detector = kind.create();
    var random = new SplittableRandom(5);
    var changes = new ArrayList<Change>();
    for (int i = 0; i < 6000; i++) {
      changes.add(detector.add(random.nextDouble() < (i < 3000 ? .5 : .2) ? 1 : 0, i));
    }

    assertThat(changes).contains(Change.FALL).doesNotContain(Change.RISE);
  }

  @ParameterizedTest
  @EnumSource(names = "PAGE_HINKLEY", mode = EnumSource.Mode.EXCLUDE)
  void aChangeIsLocatedNearWhereItBegan(Kind kind) {
    var detector = kind.create();
    var random = new SplittableRandom(6);
    for (int i = 1; i < 4600; i++) {
      detector.add(random.nextDouble() < (i < 4000 ? .2 : .5) ? 1 : 0, i);
    }

    assertThat(detector.locatedMicros()).isBetween(3500L, 4250L);
  }

  /// The window begins long before: its oldest buckets are large, and go one by one, only while
  /// what is left differs.
  @Test
  void adwinLocatesAChangeCloserThanItsWindowBegins() {
    int change = 4000;
    double byCut = 0;
    double byWindow = 0;
    for (int seed = 0; seed < 20; seed++) {
      var adwin = new Adwin();
      var random = new SplittableRandom(seed);
      var last = Change.NONE;
      int i = 0;
      for (; last != Change.RISE; i++) {
        last = adwin.add(random.nextDouble() < (i < change ? .2 : .3) ? 1 : 0, i);
      }
      byCut += Math.abs(adwin.locatedMicros() - change) / 20.0;
      byWindow += Math.abs(i - adwin.width() - change) / 20.0;
    }

    assertThat(byCut).isLessThan(100); // 77, where the window's start is 2,317 off
    assertThat(byWindow).isGreaterThan(1000);
  }

  private static List<Integer> rises(Detector detector, double[] errors) {
    var rises = new ArrayList<Integer>();
    for (int i = 0; i < errors.length; i++) {
      if (detector.add(errors[i], i) == Change.RISE) {
        rises.add(i);
      }
    }
    return rises;
  }

  private static List<Integer> rises(AbstractChangeDetector detector, double[] errors) {
    var rises = new ArrayList<Integer>();
    detector.prepareForUse();
    for (int i = 0; i < errors.length; i++) {
      detector.input(errors[i]);
      if (detector.getChange()) {
        rises.add(i);
      }
    }
    return rises;
  }

  /// MOA says when its window was cut, not which way: all cuts, which are rises here.
  private static List<Integer> rises(ADWIN adwin, double[] errors) {
    var cuts = new ArrayList<Integer>();
    for (int i = 0; i < errors.length; i++) {
      if (adwin.setInput(errors[i])) {
        cuts.add(i);
      }
    }
    return cuts;
  }

  /// Errors whose rate changes every few thousand rows.
  private static double[] errors(long seed) {
    var random = new SplittableRandom(seed);
    var errors = new double[20_000];
    double rate = .2;
    for (int i = 0; i < errors.length; i++) {
      rate = random.nextInt(3000) == 0 ? random.nextDouble() : rate;
      errors[i] = random.nextDouble() < rate ? 1 : 0;
    }
    return errors;
  }

  private static double[] losses(long seed) {
    var random = new SplittableRandom(seed);
    var losses = new double[20_000];
    double mean = .3;
    for (int i = 0; i < losses.length; i++) {
      mean = random.nextInt(3000) == 0 ? .2 + .6 * random.nextDouble() : mean;
      losses[i] = Math.clamp(mean + .1 * random.nextGaussian(), 0, 1);
    }
    return losses;
  }

  private static double sum(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum;
  }
}
