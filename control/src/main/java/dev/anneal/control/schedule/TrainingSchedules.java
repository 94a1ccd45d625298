package dev.anneal.control.schedule;

import com.github.kagkarlsson.scheduler.ScheduledExecution;
import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.exceptions.TaskInstanceException;
import com.github.kagkarlsson.scheduler.serializer.Serializer;
import com.github.kagkarlsson.scheduler.task.CompletionHandler;
import com.github.kagkarlsson.scheduler.task.TaskDescriptor;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import dev.anneal.stage.WaitClock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.core.simple.JdbcClient;

/// Keeps one execution in db-scheduler's table for every model with an enabled schedule and gives
/// its ticks. Several instances share the table: each execution is run by one of them, and by
/// another when that one dies.
public final class TrainingSchedules implements SmartLifecycle {
  private static final Logger LOG = LoggerFactory.getLogger(TrainingSchedules.class);
  private static final TaskDescriptor<String> TICK = TaskDescriptor.of("tick", String.class);
  private static final String TABLE = "control.scheduled_tasks";
  private static final Duration HEARTBEAT = Duration.ofSeconds(5);
  private static final int MISSED_HEARTBEATS = 12; // a minute, as the trainer's
  private static final Duration RETRY = Duration.ofSeconds(5);
  private static final int THREADS = 2;

  /// A tick that a broker does not take holds up the end no longer; another instance gives it
  /// again.
  private static final Duration SHUTDOWN = Duration.ofSeconds(5);

  private final Supplier<List<ModelSchedule>> schedules;
  private final Consumer<Tick> ticks;
  private final InstantSource clock;
  private final Scheduler scheduler;
  private final JdbcClient jdbc;
  private volatile boolean running;

  /// @param schedules the enabled ones as they are now
  /// @param ticks returns when the tick is stored; gets it again after a failure
  /// @param pollInterval how late a tick may be
  public TrainingSchedules(
      DataSource dataSource,
      Supplier<List<ModelSchedule>> schedules,
      Consumer<Tick> ticks,
      InstantSource clock,
      Duration pollInterval) {
    this.schedules = schedules;
    this.ticks = ticks;
    this.clock = clock;
    this.jdbc = JdbcClient.create(dataSource);
    var tick =
        Tasks.custom(TICK)
            .onFailure(
                (done, operations) -> operations.reschedule(done, clock.instant().plus(RETRY)))
            .onDeadExecutionRevive()
            .execute((instance, _) -> fire(instance));
    this.scheduler =
        Scheduler.create(dataSource, tick)
            .tableName(TABLE)
            .serializer(new Text())
            .clock(new WaitClock(clock)::instant)
            .pollingInterval(pollInterval)
            .heartbeatInterval(HEARTBEAT)
            .missedHeartbeatsLimit(MISSED_HEARTBEATS)
            .threads(THREADS)
            .shutdownMaxWait(SHUTDOWN)
            .build();
  }

  /// Makes the table say what the definitions and the clock say. To be called periodically, for
  /// what another instance changed, and for a clock that was ahead: what was written then must not
  /// be waited for.
  public void reconcile() {
    correctHeartbeats();
    var wanted =
        schedules.get().stream().collect(Collectors.toMap(ModelSchedule::id, Function.identity()));
    var found = new HashSet<String>();
    for (var execution :
        scheduler.getScheduledExecutionsForTask(TICK.getTaskName(), String.class)) {
      found.add(execution.getTaskInstance().getId());
      try {
        adjust(execution, wanted);
      } catch (TaskInstanceException e) {
        // it runs at this moment, or another instance was faster; running it reads the definitions
        // too
        LOG.debug(
            "schedule {} is left to the next reconciliation",
            execution.getTaskInstance().getId(),
            e);
      }
    }
    wanted.values().stream().filter(s -> !found.contains(s.id())).forEach(this::add);
  }

  private void correctHeartbeats() {
    var now = clock.instant().atOffset(ZoneOffset.UTC);
    jdbc.sql(
            "update %s set last_heartbeat = ? where picked and last_heartbeat > ?".formatted(TABLE))
        .params(now, now.plus(HEARTBEAT))
        .update();
  }

  private void adjust(ScheduledExecution<String> execution, Map<String, ModelSchedule> wanted) {
    var id = execution.getTaskInstance();
    ModelSchedule schedule = wanted.get(id.getId());
    if (schedule == null) {
      scheduler.cancel(id);
      return;
    }
    var wait = PlannedTick.parse(execution.getData());
    var planned = plan(schedule);
    if (!wait.isOf(schedule) || wait.due().isAfter(planned.due())) {
      scheduler.reschedule(id, planned.due(), planned.text());
    }
  }

  private void add(ModelSchedule schedule) {
    var planned = plan(schedule);
    scheduler.scheduleIfNotExists(
        TICK.instance(schedule.id()).data(planned.text()).build(), planned.due());
  }

  private PlannedTick plan(ModelSchedule schedule) {
    return plan(schedule, clock.instant());
  }

  private static PlannedTick plan(ModelSchedule schedule, Instant after) {
    Instant next = ZonedCron.of(schedule.pattern(), schedule.timezone()).next(after).orElseThrow();
    return new PlannedTick(next, schedule.timezone(), schedule.pattern());
  }

  private CompletionHandler<String> fire(TaskInstance<String> instance) {
    var schedule =
        schedules.get().stream().filter(s -> s.id().equals(instance.getId())).findFirst();
    if (schedule.isEmpty()) {
      return (_, operations) -> operations.remove();
    }
    var planned = PlannedTick.parse(instance.getData());
    Instant now = clock.instant();
    if (planned.isOf(schedule.get())) {
      ticks.accept(planned.tick(schedule.get(), now));
    }
    var next = plan(schedule.get(), now);
    return (done, operations) -> operations.reschedule(done, next.due(), next.text());
  }

  @Override
  public void start() {
    scheduler.start();
    running = true;
  }

  @Override
  public void stop() {
    running = false;
    scheduler.stop();
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /// Task data is text, so that it can be read in the table and by later versions.
  private static final class Text implements Serializer {
    @Override
    public byte[] serialize(Object data) {
      return data == null ? new byte[0] : data.toString().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public <T> T deserialize(Class<T> type, byte[] bytes) {
      return type.cast(new String(bytes, StandardCharsets.UTF_8));
    }
  }
}
