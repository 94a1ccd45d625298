package dev.anneal.featurestream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PartialWindowsTest {
  private PartialWindows windows = started(null, 0, 10);

  @Test
  void aDayIsCompleteWhenEveryPartitionHasClosedIt() {
    windows = started(windows, 1, 10);

    count(0, 10, 5);
    assertThat(complete()).isEmpty();
    count(1, 10, 7);

    assertThat(complete()).containsExactly(10L);
    assertThat(windows.day(10).rows()).isEqualTo(12);
    assertThat(windows.day(10).counts()).containsExactly(List.of(12L, 0L));
  }

  @Test
  void aSilentPartitionHoldsADayUpForTwoDays() {
    windows = started(windows, 1, 10);

    count(0, 10, 5);
    count(0, 11, 5);
    assertThat(complete()).isEmpty();
    count(0, 12, 5);

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
    windows = PartialWindows.with(windows, new Message.CountingStarted(0, "d2", 2, 11));
    windows = started(windows, 1, 10);
    count(0, 11, 5);

    assertThat(windows.deploymentId()).isEqualTo("d2");
    assertThat(windows.days()).isEmpty();
  }

  @Test
  void aWeekIsSevenWholeDays() {
    var weeks = new ArrayList<Long>();
    for (int day = 10; day < 19; day++) {
      count(0, day, 1);
      for (long complete : complete()) {
        var week = windows.week(complete);
        weeks.add(week == null ? 0 : week.rows());
      }
    }

    assertThat(weeks).containsExactly(0L, 0L, 0L, 0L, 0L, 0L, 7L, 7L, 7L);
  }

  @Test
  void countsForAnEvaluatedDayAreTooLate() {
    count(0, 10, 5);
    complete();
    count(0, 10, 3);

    assertThat(complete()).isEmpty();
    assertThat(windows.day(10).rows()).isEqualTo(5);
  }

  @Test
  void windowsSurviveTheirEncoding() {
    count(0, 10, 5);

    assertThat(JsonCodec.decode(JsonCodec.encode(windows), PartialWindows.class))
        .isEqualTo(windows);
  }

  private static PartialWindows started(@Nullable PartialWindows before, int partition, long day) {
    return PartialWindows.with(before, new Message.CountingStarted(partition, "d1", 1, day));
  }

  private void count(int partition, long day, long rows) {
    windows =
        windows.with(
            new Message.DayCounts(partition, "d1", 1, day, day, rows, List.of(List.of(rows, 0L))));
  }

  private List<Long> complete() {
    var days = new ArrayList<Long>();
    for (Long day = windows.nextComplete(); day != null; day = windows.nextComplete()) {
      windows = windows.evaluated(day);
      days.add(day);
    }
    return days;
  }
}
