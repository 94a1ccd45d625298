package dev.anneal.deployer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anneal.events.DeployAction;
import dev.anneal.events.DeployCommand;
import dev.anneal.stage.RejectedRecord;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class WireTest {
  private static final Instant RECEIVED = Instant.parse("2026-07-01T10:00:00Z");
  private static final Duration DAY = Duration.ofDays(1);

  private static DeployCommand command(Instant requestedAt) {
    return DeployCommand.newBuilder()
        .setCommandId("c1")
        .setOrganization("acme")
        .setModel("m")
        .setAction(DeployAction.ROLLBACK)
        .setRequestedAt(requestedAt)
        .build();
  }

  @Test
  void aRollbackIsAskedForWhenTheBrokerReceivesIt() {
    // Given clients whose clocks are behind and ahead
    var behind = Wire.command(command(RECEIVED.minus(DAY)), RECEIVED);
    var ahead = Wire.command(command(RECEIVED.plus(DAY)), RECEIVED);

    assertThat(behind.askedAt()).isEqualTo(RECEIVED);
    assertThat(ahead.askedAt()).isEqualTo(RECEIVED);
  }

  @Test
  void aRollbacksTimeIsComparedWithTheBrokers() {
    var command = command(RECEIVED.plus(DAY).plusSeconds(1));

    assertThatThrownBy(() -> Wire.command(command, RECEIVED))
        .isInstanceOf(RejectedRecord.class)
        .hasMessageContaining("requestedAt must lie between")
        .hasMessageContaining("microseconds");
  }
}
