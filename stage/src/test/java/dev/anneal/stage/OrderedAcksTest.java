package dev.anneal.stage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OrderedAcksTest {
  private final List<Long> acknowledged = new ArrayList<>();
  private final OrderedAcks acks = new OrderedAcks();

  private void add(long offset) {
    acks.add(offset, () -> acknowledged.add(offset));
  }

  @Test
  void acknowledgesOnlyWhatHasNothingOpenBeforeIt() {
    add(1);
    add(2);
    add(3);
    add(4);

    acks.done(2);
    acks.done(3);
    assertThat(acknowledged).isEmpty();

    acks.done(1);
    assertThat(acknowledged).containsExactly(3L);
    acks.done(4);
    assertThat(acknowledged).containsExactly(3L, 4L);
  }

  @Test
  void aRecordThatFailedIsOpenUntilItIsDoneOrADeadLetter() {
    add(1);
    add(2);
    acks.done(2);
    assertThat(acknowledged).isEmpty();

    // When it is delivered again and is done
    add(1);
    add(2);
    acks.done(1);
    acks.done(2);

    assertThat(acknowledged).containsExactly(1L, 2L);
  }
}
