package dev.anneal.control.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.anneal.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.awaitility.core.ThrowingRunnable;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/// Ticks over a real database; the clock is the test's.
class TrainingSchedulesTest {
  private static final Instant START = Instant.parse("2026-05-01T00:00:00Z");

  @TempDir private static Path directory;
  private static EmbeddedPostgres postgres;
  private static PGSimpleDataSource dataSource;

  private final AtomicReference<Instant> now = new AtomicReference<>(START);
  private final List<ModelSchedule> defined = new CopyOnWriteArrayList<>();
  private final List<TrainingSchedules> started = new ArrayList<>();

  @BeforeAll
  static void start() throws IOException {
    postgres = EmbeddedPostgres.start(directory);
    postgres.createDatabase("schedules");
    dataSource = new PGSimpleDataSource();
    dataSource.setUrl(postgres.jdbcUrl("schedules"));
    flyway("latest").migrate();
  }

  private static Flyway flyway(String version) {
    return Flyway.configure()
        .dataSource(dataSource)
        .locations("classpath:db/control")
        .schemas("control")
        .defaultSchema("control")
        .cleanDisabled(false)
        .target(version)
        .load();
  }

  @AfterAll
  static void stop() throws IOException {
    postgres.close();
  }

  @AfterEach
  void stopSchedules() {
    started.forEach(TrainingSchedules::stop);
    JdbcClient.create(dataSource).sql("delete from control.scheduled_tasks").update();
  }

  private TrainingSchedules instance(Consumer<Tick> ticks) {
    var schedules =
        new TrainingSchedules(
            dataSource, () -> List.copyOf(defined), ticks, now::get, Duration.ofMillis(100));
    started.add(schedules);
    schedules.start();
    return schedules;
  }

  /// The scheduler waits by the test's clock, too.
  private void awaitWhileTimePasses(ThrowingRunnable assertion) {
    await()
        .untilAsserted(
            () -> {
              now.updateAndGet(t -> t.plusSeconds(1));
              assertion.run();
            });
  }

  @Test
  void givesTheSameTickAgainWhenItCouldNotBeStored() {
    // Given a broker that is away for two tries
    var tries = new AtomicInteger();
    var ticks = new CopyOnWriteArrayList<Tick>();
    var schedule = new ModelSchedule("acme", "pump", "0 2 * * *", "UTC");
    defined.add(schedule);
    instance(
            tick -> {
              if (tries.incrementAndGet() < 3) {
                throw new IllegalStateException("broker away");
              }
              ticks.add(tick);
            })
        .reconcile();

    // When time goes on
    Instant due = Instant.parse("2026-05-01T02:00:00Z");
    now.set(due);
    awaitWhileTimePasses(() -> assertThat(ticks).hasSize(1));

    // Then
    assertThat(ticks.getFirst().schedule()).isEqualTo(schedule);
    assertThat(ticks.getFirst().scheduledAt()).isEqualTo(due);
    assertThat(tries).hasValue(3);
  }

  @Test
  void aDatabaseOfTheFirstReleaseKeepsItsSchedulesAndRuns() {
    // Given a schedule, the row that reconciled, far ahead, and a run, before ids were per
    // organization
    flyway("latest").clean();
    flyway("4").migrate();
    defined.add(new ModelSchedule("acme", "pump", "0 2 * * *", "UTC"));
    var jdbc = JdbcClient.create(dataSource);
    jdbc.sql(
            """
            insert into control.scheduled_tasks (task_name, task_instance, task_data, execution_time, picked, version)
            values ('tick', 'acme/pump', '2026-05-01T02:00:00Z UTC 0 2 * * *', '2026-05-01T02:00:00Z', false, 1),
                   ('reconcile', 'recurring', null, '2126-01-01', false, 1);
            insert into control.run (request_id, organization, model, document) values ('r-1', 'acme', 'pump', '{"a": 1}');
            """)
        .update();

    // When
    flyway("latest").migrate();
    jdbc.sql(
            "insert into control.run (request_id, organization, model, document)"
                + " values ('r-1', 'borealis', 'pump', '{}')")
        .update();
    var ticks = new CopyOnWriteArrayList<Tick>();
    instance(ticks::add);
    now.set(Instant.parse("2026-05-01T02:00:00Z"));
    awaitWhileTimePasses(() -> assertThat(ticks).hasSize(1));

    // Then
    assertThat(jdbc.sql("select task_name from control.scheduled_tasks").query(String.class).list())
        .doesNotContain("reconcile")
        .hasSize(1);
    assertThat(
            jdbc.sql("select organization || document from control.run order by sequence")
                .query(String.class)
                .list())
        .containsExactly("acme{\"a\": 1}", "borealis{}");
  }

  @Test
  void makesUpOnceForWhatWasMissedWhileNothingRan() {
    // Given an instance that knew the schedule and ended
    defined.add(new ModelSchedule("acme", "pump", "@hourly", "UTC"));
    var first = instance(_ -> {});
    first.reconcile();
    first.stop();
    started.clear();

    // When another starts ten hours later
    now.set(START.plus(Duration.ofMinutes(10 * 60 + 30)));
    var ticks = new CopyOnWriteArrayList<Tick>();
    instance(ticks::add);

    // Then
    awaitWhileTimePasses(() -> assertThat(ticks).hasSize(1));
    assertThat(ticks.getFirst().scheduledAt()).isEqualTo(START.plus(Duration.ofHours(10)));
    assertThat(ticks.getFirst().caughtUp()).isTrue();
    now.set(START.plus(Duration.ofHours(11)));
    awaitWhileTimePasses(() -> assertThat(ticks).hasSize(2));
    assertThat(ticks.getLast().caughtUp()).isFalse();
  }

  @Test
  void aClockThatWasAheadForAWhileSkipsNoTick() {
    // Given a clock that jumped a week ahead, where a tick was given, and came back
    var ticks = new CopyOnWriteArrayList<Tick>();
    defined.add(new ModelSchedule("acme", "pump", "@hourly", "UTC"));
    var schedules = instance(ticks::add);
    schedules.reconcile();
    now.set(START.plus(Duration.ofDays(7)));
    awaitWhileTimePasses(() -> assertThat(ticks).hasSize(1));
    now.set(START.plus(Duration.ofMinutes(10)));

    // and an instance that was killed while it gave another one there
    JdbcClient.create(dataSource)
        .sql(
            "insert into control.scheduled_tasks values ('tick', 'acme/other', 'x', ?, true, 'gone', null, null, 0, ?, 1)")
        .params(
            START.atOffset(ZoneOffset.UTC), START.plus(Duration.ofDays(7)).atOffset(ZoneOffset.UTC))
        .update();

    // When
    awaitWhileTimePasses( // the tick that was given may still be on its way into the table
        () -> {
          schedules.reconcile();
          assertThat(time("execution_time", "acme/pump"))
              .isEqualTo(START.plus(Duration.ofHours(1)));
        });
    assertThat(time("last_heartbeat", "acme/other")).isBefore(START.plus(Duration.ofHours(1)));
    now.set(START.plus(Duration.ofHours(1)));

    // Then
    awaitWhileTimePasses(() -> assertThat(ticks).hasSize(2));
    assertThat(ticks.getLast().scheduledAt()).isEqualTo(START.plus(Duration.ofHours(1)));
  }

  private static Instant time(String column, String instance) {
    return JdbcClient.create(dataSource)
        .sql("select %s from control.scheduled_tasks where task_instance = ?".formatted(column))
        .param(instance)
        .query((row, _) -> row.getObject(1, OffsetDateTime.class).toInstant())
        .single();
  }

  @Test
  void followsAScheduleThatChangedOrWentAway() {
    // Given
    var ticks = new CopyOnWriteArrayList<Tick>();
    defined.add(new ModelSchedule("acme", "pump", "0 2 * * *", "UTC"));
    var schedules = instance(ticks::add);
    schedules.reconcile();

    // When it moves to another hour and zone
    defined.set(0, new ModelSchedule("acme", "pump", "0 3 * * *", "Asia/Kolkata"));
    schedules.reconcile();
    now.set(Instant.parse("2026-05-01T21:30:00Z"));

    // Then
    awaitWhileTimePasses(() -> assertThat(ticks).hasSize(1));
    assertThat(ticks.getFirst().scheduledAt()).isEqualTo("2026-05-01T21:30:00Z");

    // When it goes away while nobody reconciles
    defined.clear();
    now.set(Instant.parse("2026-05-02T21:30:00Z"));

    // Then
    awaitWhileTimePasses(
        () ->
            assertThat(
                    JdbcClient.create(dataSource)
                        .sql("select 1 from control.scheduled_tasks where task_name = 'tick'")
                        .query()
                        .listOfRows())
                .isEmpty());
    assertThat(ticks).hasSize(1);
  }
}
