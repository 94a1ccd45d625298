package dev.anneal.control.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.anneal.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
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
    Flyway.configure()
        .dataSource(dataSource)
        .locations("classpath:db/control")
        .schemas("control")
        .defaultSchema("control")
        .load()
        .migrate();
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
    var timing = new TrainingSchedules.Timing(Duration.ofMillis(100), Duration.ofMinutes(1));
    var schedules =
        new TrainingSchedules(dataSource, () -> List.copyOf(defined), ticks, now::get, timing);
    started.add(schedules);
    schedules.start();
    return schedules;
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
    await()
        .untilAsserted(
            () -> {
              now.updateAndGet(t -> t.plusSeconds(1));
              assertThat(ticks).hasSize(1);
            });

    // Then
    assertThat(ticks.getFirst().schedule()).isEqualTo(schedule);
    assertThat(ticks.getFirst().scheduledAt()).isEqualTo(due);
    assertThat(tries).hasValue(3);
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
    await().untilAsserted(() -> assertThat(ticks).hasSize(1));
    assertThat(ticks.getFirst().scheduledAt()).isEqualTo(START.plus(Duration.ofHours(10)));
    assertThat(ticks.getFirst().caughtUp()).isTrue();
    now.set(START.plus(Duration.ofHours(11)));
    await().untilAsserted(() -> assertThat(ticks).hasSize(2));
    assertThat(ticks.getLast().caughtUp()).isFalse();
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
    await().untilAsserted(() -> assertThat(ticks).hasSize(1));
    assertThat(ticks.getFirst().scheduledAt()).isEqualTo("2026-05-01T21:30:00Z");

    // When it goes away while nobody reconciles
    defined.clear();
    now.set(Instant.parse("2026-05-02T21:30:00Z"));

    // Then
    await()
        .untilAsserted(
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
