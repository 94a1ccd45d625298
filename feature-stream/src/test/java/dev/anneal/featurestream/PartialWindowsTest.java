package dev.anneal.featurestream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.anneal.featurestream.PartialWindows.Window;
import dev.anneal.policy.RetrainingSettings.WindowSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PartialWindowsTest {
  private static final List<String> SENSORS = List.of("temperature");
  private static final WindowSettings FAST = new WindowSettings(1, 1, 7, 1);

  private final List<Long> longRows = new ArrayList<>();
  private PartialWindows windows = started(null, 0, 10);

  @Test
  void aDayIsCompleteWhenEveryPartitionHasClosedIt() {
    windows = started(windows, 1, 10);

    count(0, 10, 5);
    assertThat(complete()).isEmpty();
    count(1, 10, 7);

    assertThat(complete()).containsExactly(10L);
    assertThat(windows.days().get(10L)).isEqualTo(counts(12));
  }

  @Test
  void aSilentPartitionHoldsADayUpForTwoDays() {
    windows = started(windows, 1, 10);

    count(0, 10, 5);
    count(0, 11, 5);
    assertThat(complete()).isEmpty();
    count(0, 12, 5);

    assertThat(complete(FAST))
        .singleElement()
        .satisfies(
            window -> {
              assertThat(window.lastDay()).isEqualTo(10);
              assertThat(window.partitionsMissing()).isEqualTo(1);
            });
  }

  @Test
  void whatAPartitionCountsAfterItsDayWasEvaluatedIsLate() {
    windows = started(windows, 1, 10);
    count(0, 10, 5);
    count(0, 12, 5);
    complete();

    assertThat(windows.isLate(part(1, 10, 7))).isTrue();
    assertThat(windows.isLate(part(1, 10, 0))).as("a day without rows").isFalse();
    assertThat(windows.isLate(part(1, 9, 7))).as("a day that was not whole").isFalse();
    assertThat(windows.isLate(part(1, 11, 7))).as("a day to come").isFalse();
    assertThat(windows.isLate(part(0, 10, 5))).as("counted, and sent again").isFalse();
  }

  @Test
  void whatAPartitionSaysAgainOfADayThatIsNotYetJudgedCountsOnce() {
    windows = started(windows, 1, 10);
    for (int time = 0; time < 2; time++) {
      count(0, 10, 5);
      count(0, 11, 6);
      count(0, 11, 0); // all up to then is closed
    }
    count(1, 10, 7);

    assertThat(windows.days()).containsExactly(entry(10L, counts(12)), entry(11L, counts(6)));
    assertThat(complete()).containsExactly(10L);
  }

  @Test
  void daysThatSomePartitionDidNotCountWholeAreLeftOut() {
    count(0, 10, 5);
    windows = started(windows, 1, 12);
    count(0, 11, 5);
    count(0, 12, 5);
    count(1, 12, 5);

    assertThat(complete()).containsExactly(12L);
  }

  @Test
  void anotherDeploymentBeginsAnewAndAnOlderOneIsPassedOver() {
    count(0, 10, 5);
    windows = PartialWindows.with(windows, new Message.CountingStarted(0, "d2", 2, SENSORS, 11));
    windows = started(windows, 1, 10);
    count(0, 11, 5);

    assertThat(windows.deploymentId()).isEqualTo("d2");
    assertThat(windows.days()).isEmpty();
  }

  @Test
  void otherSensorsBeginAnewAndCountsOfTheOnesBeforeAreDropped() {
    windows = started(windows, 1, 10);
    count(0, 10, 5);
    var more = List.of("pressure", "temperature");

    windows = PartialWindows.with(windows, new Message.CountingStarted(0, "d1", 1, more, 12));
    count(1, 12, 5);

    assertThat(windows.sensors()).isEqualTo(more);
    assertThat(windows.fromDay()).isEqualTo(12);
    assertThat(windows.closedThrough()).containsExactly(Map.entry(0, 11L));
    assertThat(windows.days()).isEmpty();
  }

  @Test
  void daysOverOtherBinsEndAndTheNextOnesBeginAnew() {
    windows = started(windows, 1, 10);
    count(0, 10, 5);
    count(0, 11, 5);

    windows = windows.with(overThreeBins(1, 10, 7));
    assertThat(windows.days()).as("partition 0 counted it otherwise").isEmpty();
    windows = windows.with(overThreeBins(0, 12, 5)).with(overThreeBins(1, 12, 7));

    assertThat(complete()).containsExactly(12L);
    assertThat(longRows).as("no longer window ends with it").containsExactly(0L);
  }

  @Test
  void daysThatCannotBeJudgedByTheReferenceAsItIsNowAreLeftOut() {
    count(0, 10, 5);

    var same = new BinCounts(0, List.of(List.of(0L, 0L)), List.of(List.of(0L, 0L)));
    assertThat(windows.over(same)).isSameAs(windows);
    var other = new BinCounts(0, List.of(List.of(0L, 0L, 0L)), List.of());
    assertThat(windows.over(other).days()).isEmpty();
    assertThat(windows.over(other).fromDay()).isEqualTo(11);
  }

  private static Message.DayCounts overThreeBins(int partition, long day, long rows) {
    var counts = List.of(List.of(rows, 0L, 0L));
    return new Message.DayCounts(partition, "d1", 1, SENSORS, day, day, rows, counts, List.of());
  }

  @Test
  void aWeekIsSevenWholeDays() {
    for (int day = 10; day < 19; day++) {
      count(0, day, 1);
      complete(FAST);
    }

    assertThat(longRows).containsExactly(0L, 0L, 0L, 0L, 0L, 0L, 7L, 7L, 7L);
  }

  @Test
  void slowDataMakesLongerWindows() {
    var slow = new WindowSettings(1, 10, 7, 40);
    var first = new ArrayList<Long>();
    for (int day = 10; day < 34; day++) {
      count(0, day, 4);
      complete(slow).forEach(window -> first.add(window.firstDay()));
    }

    assertThat(first).startsWith(10L, 13L, 16L, 19L); // three days have twelve rows
    assertThat(longRows).containsExactly(0L, 0L, 0L, 40L, 40L, 40L, 40L, 40L); // of ten days
  }

  @Test
  void countsForAnEvaluatedDayAreTooLate() {
    count(0, 10, 5);
    complete();
    count(0, 10, 3);

    assertThat(complete()).isEmpty();
    assertThat(windows.days().get(10L)).isEqualTo(counts(5));
  }

  @Test
  void windowsSurviveTheirEncoding() {
    count(0, 10, 5);

    assertThat(JsonCodec.decode(JsonCodec.encode(windows), PartialWindows.class))
        .isEqualTo(windows);
  }

  private static PartialWindows started(@Nullable PartialWindows before, int partition, long day) {
    return PartialWindows.with(
        before, new Message.CountingStarted(partition, "d1", 1, SENSORS, day));
  }

  private void count(int partition, long day, long rows) {
    windows = windows.with(part(partition, day, rows));
  }

  private static Message.DayCounts part(int partition, long day, long rows) {
    return new Message.DayCounts(
        partition, "d1", 1, SENSORS, day, day, rows, List.of(List.of(rows, 0L)), List.of());
  }

  private List<Long> complete() {
    return complete(FAST).stream().map(Window::lastDay).toList();
  }

  private List<Window> complete(WindowSettings settings) {
    var complete = new ArrayList<Window>();
    for (var next = windows.nextShort(settings); next != null; next = windows.nextShort(settings)) {
      var whole = windows.longEndingWith(next, settings);
      longRows.add(whole == null ? 0 : whole.counts().rows());
      windows = windows.evaluated(next, settings);
      complete.add(next);
    }
    return complete;
  }

  private static BinCounts counts(long rows) {
    return new BinCounts(rows, List.of(List.of(rows, 0L)), List.of());
  }
}
