package dev.anneal.stage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OrderedAcksTest {
  private final List<Integer> acknowledged = new ArrayList<>();
  private final OrderedAcks acks = new OrderedAcks();

  private OrderedAcks.Pending add(int offset) {
    return acks.add(() -> acknowledged.add(offset));
  }

  @Test
  void acknowledgesOnlyWhatHasNothingOpenBeforeIt() {
    var first = add(1);
    var second = add(2);
    var third = add(3);
    var fourth = add(4);

    second.done();
    third.done();
    assertThat(acknowledged).isEmpty();

    first.done();
    assertThat(acknowledged).containsExactly(3);
    fourth.done();
    assertThat(acknowledged).containsExactly(3, 4);
  }

  @Test
  void whatFailedHoldsNothingUp() {
    var first = add(1);
    first.done();
    var failed = add(2);
    failed.failed();
    add(3).done();

    assertThat(acknowledged).containsExactly(1, 3);
  }
}
