package dev.anneal.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

class RunTimesTest {
  private static final Instant NOW = Instant.parse("2024-01-15T10:00:00Z");
  private static final Duration LONGEST = Duration.ofMinutes(45);

  private final PGSimpleDataSource dataSource = TestServers.dataSource("run_times");
  private final JdbcClient jdbc = JdbcClient.create(dataSource);
  private final RunTimes times = new RunTimes(jdbc, LONGEST, () -> NOW);

  @BeforeEach
  void emptyDatabase() {
    var flyway = TestServers.flyway(dataSource, "latest");
    flyway.clean();
    flyway.migrate();
  }

  private void insert(String run, Instant due, @Nullable Instant heartbeat) {
    jdbc.sql(
            """
            insert into trainer.scheduled_tasks (task_name, task_instance, execution_time, picked, last_heartbeat, version)
            values ('training', ?, ?, ?, ?, 1)
            """)
        .params(
            run,
            due.atOffset(ZoneOffset.UTC),
            heartbeat != null,
            heartbeat == null ? null : heartbeat.atOffset(ZoneOffset.UTC))
        .update();
  }

  private Instant time(String column, String run) {
    return jdbc.sql(
            "select %s from trainer.scheduled_tasks where task_instance = ?".formatted(column))
        .param(run)
        .query((row, _) -> row.getObject(1, OffsetDateTime.class).toInstant())
        .single();
  }

  @Test
  void whatWasWrittenWhileTheClockWasAheadIsNotWaitedFor() {
    insert("ahead", NOW.plus(Duration.ofHours(1)), null);
    insert("retried", NOW.plus(LONGEST), null);
    insert("due", NOW.minusSeconds(1), null);
    insert("dead", NOW.plus(Duration.ofDays(8)), NOW.plus(Duration.ofDays(8)));
    insert("alive", NOW.minusSeconds(9), NOW.minusSeconds(3));

    times.correct();

    assertThat(time("execution_time", "ahead")).isEqualTo(NOW);
    assertThat(time("execution_time", "retried")).isEqualTo(NOW.plus(LONGEST));
    assertThat(time("execution_time", "due")).isEqualTo(NOW.minusSeconds(1));
    assertThat(time("last_heartbeat", "dead")).isEqualTo(NOW);
    assertThat(time("last_heartbeat", "alive")).isEqualTo(NOW.minusSeconds(3));
  }
}
