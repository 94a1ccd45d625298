package dev.anneal.trainer;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.task.CompletionHandler;
import com.github.kagkarlsson.scheduler.task.helper.CustomTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import dev.anneal.stage.FailPoint;
import dev.anneal.stage.Failures;
import dev.anneal.stage.Redaction;
import dev.anneal.stage.RetryAlerts;
import dev.anneal.stage.WaitClock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.TransactionException;

/// Holds runs by leases in PostgreSQL (db-scheduler): a heartbeat every 5 s, dead after 12 missed,
/// then another trainer, or this one after a restart, goes on. A due run is begun, trained, ended;
/// its lease goes when the run has ended. A process that stood still for longer finds its own
/// leases dead when it wakes; what it still trains it does not begin again.
final class RunScheduler implements SmartLifecycle, Requests.Dispatcher {
  private static final Logger LOG = LoggerFactory.getLogger(RunScheduler.class);
  static final String TABLE = "trainer.scheduled_tasks";
  private static final String TASK = "training";
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration HEARTBEAT = Duration.ofSeconds(5);

  /// A minute: a machine that stands still for half of it loses nothing.
  private static final int MISSED_HEARTBEATS = 12;

  /// Without a heartbeat for it, a run goes to another trainer.
  static final Duration DEAD_AFTER = HEARTBEAT.multipliedBy(MISSED_HEARTBEATS);

  private static final Duration SHUTDOWN_WAIT = Duration.ofSeconds(10);
  private static final Duration AFTER_A_FAULT = Duration.ofSeconds(5);
  private static final Duration END_PAUSE = Duration.ofSeconds(2);

  private final Attempts attempts;
  private final Training training;
  private final Definitions definitions;
  private final TrainerSettings settings;
  private final InstantSource clock;
  private final RetryAlerts alerts;
  private final Scheduler scheduler;
  private final CustomTask<Void> task;
  private final JdbcClient jdbc;

  /// Runs that are trained here.
  private final Set<String> active = ConcurrentHashMap.newKeySet();

  private volatile boolean stopping;
  private volatile boolean running;

  /// @param dataSource joins Spring's transactions: a run and its lease are inserted together
  RunScheduler(
      DataSource dataSource,
      Attempts attempts,
      Training training,
      Definitions definitions,
      TrainerSettings settings,
      InstantSource clock,
      RetryAlerts alerts) {
    this.attempts = attempts;
    this.training = training;
    this.definitions = definitions;
    this.settings = settings;
    this.clock = clock;
    this.alerts = alerts;
    this.jdbc = JdbcClient.create(dataSource);
    this.task =
        Tasks.custom(TASK, Void.class)
            .onDeadExecutionRevive()
            .onFailure(
                (complete, operations) ->
                    operations.reschedule(complete, clock.instant().plus(AFTER_A_FAULT)))
            .execute((instance, _) -> completion(run(instance.getId())));
    this.scheduler =
        Scheduler.create(dataSource, task)
            .tableName(TABLE)
            .clock(new WaitClock(clock)::instant)
            .threads(settings.runsAtOnce())
            .pollingInterval(POLL)
            .heartbeatInterval(HEARTBEAT)
            .missedHeartbeatsLimit(MISSED_HEARTBEATS)
            .shutdownMaxWait(SHUTDOWN_WAIT)
            .build();
  }

  @Override
  public void dispatch(String runId) {
    scheduler.scheduleIfNotExists(task.instance(runId), clock.instant());
  }

  private CompletionHandler<Void> completion(Optional<Duration> again) {
    return (complete, operations) ->
        again.ifPresentOrElse(
            delay -> operations.reschedule(complete, clock.instant().plus(delay)),
            operations::remove);
  }

  /// @return when the run is due again, empty when it is done with
  private Optional<Duration> run(String runId) {
    if (stopping) {
      return Optional.of(Duration.ZERO);
    }
    if (!active.add(runId)) {
      return Optional.of(AFTER_A_FAULT); // its lease was lost, it was not
    }
    try {
      return runAlone(runId);
    } finally {
      active.remove(runId);
    }
  }

  private Optional<Duration> runAlone(String runId) {
    return switch (attempts.begin(runId)) {
      case Attempts.Start.Nothing() -> Optional.empty();
      case Attempts.Start.Later(var delay) -> Optional.of(delay);
      case Attempts.Start.Begin(var run, int attempt) -> attempt(run, attempt);
    };
  }

  private Optional<Duration> attempt(Run run, int attempt) {
    LOG.info("training {} version {} attempt {}", run.key(), run.version(), attempt);
    var watch =
        new Watch(
            () -> attempts.control(run.runId(), attempt),
            () -> stopping,
            settings.timeLimit(),
            System::nanoTime);
    var spec = definitions.find(run.key());
    Progress progress =
        (phase, done, total) ->
            watch.tolerate(() -> attempts.progress(run, attempt, phase, done, total));
    Attempted end = training.run(run, attempt, spec, watch, progress);
    String outcome =
        switch (end) {
          case Attempted.Trained(var model) -> "trained, " + model.card().metrics();
          case Attempted.Failed(var code, var message) -> "failed, " + code + ": " + message;
          case Attempted.Cancelled(), Attempted.Interrupted(), Attempted.Overtaken() ->
              "left: " + end;
        };
    LOG.info("training {} version {} attempt {} {}", run.key(), run.version(), attempt, outcome);
    int retryAttempts = spec.map(ModelSpec::retryAttempts).orElse(0);
    try {
      return end(run, attempt, end, watch.seconds(), retryAttempts);
    } catch (Outbox.EventTooLarge e) {
      var failed = new Attempted.Failed("event-too-large", String.valueOf(e.getMessage()));
      return end(run, attempt, failed, watch.seconds(), retryAttempts);
    }
  }

  /// Tried again while the database is away, for as long as it takes: an end that is not told
  /// counts as this trainer's death. Twice does no harm, nor does one that comes after another
  /// trainer has taken the run.
  private Optional<Duration> end(
      Run run, int attempt, Attempted end, double seconds, int retryAttempts) {
    String place = "the end of training " + run.key();
    while (true) {
      try {
        var again = attempts.end(run, attempt, end, seconds, retryAttempts);
        alerts.passed(place);
        FailPoint.TRAINER_RUN_ENDED.hit();
        return again;
      } catch (DataAccessException | TransactionException e) {
        if (!Failures.isTemporary(e) || isStoppedWithin(END_PAUSE)) {
          alerts.passed(place); // no other try follows
          throw e;
        }
        LOG.warn("{} waits for the database: {}", place, Redaction.of(e));
        alerts.failed(place, e);
      }
    }
  }

  private boolean isStoppedWithin(Duration pause) {
    for (long left = pause.toMillis(); left > 0 && !stopping; left -= POLL.toMillis()) {
      LockSupport.parkNanos(POLL.toNanos());
    }
    return stopping;
  }

  @Override
  public void start() {
    stopping = false;
    if (settings.sole()) {
      endLeases();
    }
    scheduler.start();
    running = true;
  }

  /// Of a trainer that was killed.
  private void endLeases() {
    jdbc.sql(
            "update %s set picked = false, picked_by = null, last_heartbeat = null where picked"
                .formatted(TABLE))
        .update();
  }

  /// Kills what is being trained and puts it back.
  @Override
  public void stop() {
    stopping = true;
    scheduler.stop();
    running = false;
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /// Listeners stop before it, the outbox after.
  @Override
  public int getPhase() {
    return 0;
  }
}
