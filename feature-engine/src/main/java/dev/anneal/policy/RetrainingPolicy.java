package dev.anneal.policy;

import dev.anneal.drift.DriftEvaluation.Verdict;
import dev.anneal.policy.PolicyEvent.Noted;
import dev.anneal.policy.PolicyEvent.Requested;
import dev.anneal.policy.PolicyEvent.Suppressed;
import dev.anneal.policy.PolicyInput.End;
import dev.anneal.policy.RetrainingState.Day;
import dev.anneal.policy.RetrainingState.Drift;
import dev.anneal.policy.RetrainingState.Refresh;
import dev.anneal.policy.RetrainingState.Request;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// When a model is trained again: a pure state machine over progress, drift reports, ticks and the
/// ends of trainings.
/// ```
///           enough history                        deployed
///  waiting ────────────────► request in flight ──────────────► idle
///                              ▲     │     ▲                    │
///         +1, +2, +4 … days of │     │     │ drift that lasts,  │
///                         rows │     ▼     │ a tick             │
///                             refresh      └────────────────────┘
///                        (rejected, failed)
/// ```
/// One request is in flight at most. A cause that meets a reason against it is [Suppressed], told
/// when the reason is a new one. Times are event times. Defaults: `docs/methods.md`.
public final class RetrainingPolicy {
  /// Trainings on the same change after the first: +1, +2, +4, +8, +16 days. Without a change (a
  /// first model) it goes on every 16 days.
  static final int MAX_REFRESHES = 5;

  private static final int WEEK_DAYS = 7;

  private final String model;
  private final long labelDelaySeconds;
  private final RetrainingSettings settings;

  /// @param model name among all models, of which the ids of its requests derive
  /// @param labelDelaySeconds of event time from a row to its label; 0 where it is known at once
  public RetrainingPolicy(String model, long labelDelaySeconds, RetrainingSettings settings) {
    this.model = model;
    this.labelDelaySeconds = labelDelaySeconds;
    this.settings = settings;
  }

  /// What follows from an input; to be applied in this order. Changes nothing.
  public List<PolicyEvent> decide(RetrainingState before, PolicyInput input) {
    var noted = new Noted(input);
    var state = apply(before, noted);
    PolicyEvent decision =
        input instanceof PolicyInput.Ticked tick ? onTick(state, tick) : onOther(state, input);
    boolean isNews =
        decision != null
            && !(decision instanceof Suppressed s && key(s).equals(state.suppression()));
    return isNews ? List.of(noted, decision) : List.of(noted);
  }

  public RetrainingState apply(RetrainingState state, PolicyEvent event) {
    return switch (event) {
      case Noted(PolicyInput input) -> note(state, input);
      case Requested requested -> {
        var refresh = requested.cause() == Cause.SCHEDULE ? state.refresh() : null;
        yield state
            .withRequests(state.requests().with(requested))
            .withRefresh(refresh)
            .withSuppression(null);
      }
      case Suppressed suppressed -> state.withSuppression(key(suppressed));
    };
  }

  private static String key(Suppressed suppressed) {
    return suppressed.cause() + " " + suppressed.code() + " " + suppressed.subject();
  }

  // ---- what inputs change

  private RetrainingState note(RetrainingState state, PolicyInput input) {
    return switch (input) {
      case PolicyInput.Advanced(var rowsByHour, long newestMicros) ->
          state.withLabels(state.labels().with(rowsByHour, newestMicros, labelDelaySeconds));
      case PolicyInput.Evaluated(var report) -> {
        var drift = state.drift().with(report);
        boolean calm = drift.weekMicros() == null && drift.days().stream().noneMatch(Day::drifted);
        var changed = state.withDrift(drift);
        yield calm && !isFault(report) ? changed.withSuppression(null) : changed;
      }
      case PolicyInput.Ticked _ -> state;
      case PolicyInput.Queued queued -> state.withRequests(state.requests().with(queued));
      case PolicyInput.Ended(String requestId, End end) -> ended(state, requestId, end);
    };
  }

  private static RetrainingState ended(RetrainingState before, String requestId, End end) {
    var request = before.requests().inFlight().get(requestId);
    var state = before.withRequests(before.requests().without(requestId));
    return switch (end) {
      // another version serves: what the windows said was of the one before
      case DEPLOYED -> state.withDrift(new Drift(null, List.of(), null)).withRefresh(null);
      case CANCELLED -> state; // by a person, who may ask again
      case REJECTED, FAILED ->
          request == null ? state : state.withRefresh(refreshAfter(state, request));
    };
  }

  private static @Nullable Refresh refreshAfter(RetrainingState state, Request request) {
    if (request.cause() == null || request.cause() == Cause.SCHEDULE) {
      return state.refresh();
    }
    int refreshes = request.refreshes() + 1;
    if (refreshes > MAX_REFRESHES && request.dataFromMicros() != null) {
      return null;
    }
    long days = 1L << Math.min(request.refreshes(), MAX_REFRESHES - 1);
    return new Refresh(
        state.now() + days * EventTime.DAY_MICROS, refreshes, request.dataFromMicros());
  }

  // ---- decisions

  private PolicyEvent onTick(RetrainingState state, PolicyInput.Ticked tick) {
    if (!state.requests().inFlight().isEmpty()) {
      return suppressed(state, Cause.SCHEDULE, "in-flight", inFlight(state), tick.tickId());
    }
    if (isShortOfLabels(state, null)) {
      return suppressed(
          state, Cause.SCHEDULE, "insufficient-labels", labels(state, null), tick.tickId());
    }
    return requested(
        state, Cause.SCHEDULE, "the schedule's time has come", state.requests().changeMicros(), 0);
  }

  private @Nullable PolicyEvent onOther(RetrainingState state, PolicyInput input) {
    if (!state.requests().inFlight().isEmpty()) {
      boolean isCause = input instanceof PolicyInput.Evaluated && locatedChange(state) != null;
      return isCause ? suppressed(state, Cause.DRIFT, "in-flight", inFlight(state), "") : null;
    }
    if (!state.requests().asked()) {
      return initial(state);
    }
    var refresh = state.refresh();
    return refresh != null ? refresh(state, refresh) : drift(state, input);
  }

  private PolicyEvent initial(RetrainingState state) {
    long span = state.labels().spanSeconds();
    if (span < settings.initialHistorySeconds()) {
      String reason =
          "%d s of history seen, %d s wanted".formatted(span, settings.initialHistorySeconds());
      return suppressed(state, Cause.INITIAL, "initial-history", reason, "");
    }
    if (isShortOfLabels(state, null)) {
      return suppressed(state, Cause.INITIAL, "insufficient-labels", labels(state, null), "");
    }
    return requested(
        state, Cause.INITIAL, "enough for a first model: " + labels(state, null), null, 0);
  }

  private @Nullable PolicyEvent refresh(RetrainingState state, Refresh refresh) {
    if (state.now() < refresh.dueMicros()) {
      return null;
    }
    String reason =
        "try %d after a training that brought no better model".formatted(refresh.refreshes());
    return requested(state, Cause.REFRESH, reason, refresh.dataFromMicros(), refresh.refreshes());
  }

  private @Nullable PolicyEvent drift(RetrainingState state, PolicyInput input) {
    if (input instanceof PolicyInput.Evaluated(var report) && isFault(report)) {
      return suppressed(state, Cause.DRIFT, "sensor-fault", report.evaluation().reason(), "");
    }
    Long change = locatedChange(state);
    if (change == null) {
      return drifted(state) == 0
          ? null
          : suppressed(state, Cause.DRIFT, "persistence", windows(state), "");
    }
    if (!settings.driftEnabled()) {
      return suppressed(
          state, Cause.DRIFT, "disabled", "drift asks for no trainings of this model", "");
    }
    Long last = state.requests().lastMicros();
    long sinceSeconds =
        last == null ? Long.MAX_VALUE : (state.now() - last) / EventTime.SECOND_MICROS;
    if (sinceSeconds < settings.cooldownSeconds()) {
      String reason =
          "%d s after the last request, %d s wanted"
              .formatted(sinceSeconds, settings.cooldownSeconds());
      return suppressed(state, Cause.DRIFT, "cooldown", reason, "");
    }
    if (isShortOfLabels(state, change)) {
      return suppressed(state, Cause.DRIFT, "insufficient-labels", labels(state, change), "");
    }
    return requested(state, Cause.DRIFT, windows(state), change, 0);
  }

  /// The start of the first drifted window of those that ask for a training; null when none do.
  private @Nullable Long locatedChange(RetrainingState state) {
    Long week = state.drift().weekMicros();
    if (drifted(state) >= settings.persistence()) {
      return firstDrifted(state, settings.persistenceOf(), week);
    }
    return week == null ? null : firstDrifted(state, WEEK_DAYS, week);
  }

  private static @Nullable Long firstDrifted(
      RetrainingState state, int days, @Nullable Long otherwise) {
    for (Day day : state.drift().last(days)) {
      if (day.drifted()) {
        return day.startMicros();
      }
    }
    return otherwise;
  }

  private long drifted(RetrainingState state) {
    return state.drift().last(settings.persistenceOf()).stream().filter(Day::drifted).count();
  }

  private String windows(RetrainingState state) {
    String days =
        "%d of the last %d one-day windows drifted, %d wanted"
            .formatted(drifted(state), settings.persistenceOf(), settings.persistence());
    return state.drift().weekMicros() == null ? days : days + "; the 7-day window drifted";
  }

  private static boolean isFault(DriftReport report) {
    return report.evaluation().verdict() == Verdict.SENSOR_FAULT;
  }

  private boolean isShortOfLabels(RetrainingState state, @Nullable Long sinceMicros) {
    return state.labels().mature(sinceMicros) < settings.minimumLabels();
  }

  private String labels(RetrainingState state, @Nullable Long sinceMicros) {
    return "%d rows with a known label, %d wanted"
        .formatted(state.labels().mature(sinceMicros), settings.minimumLabels());
  }

  private static String inFlight(RetrainingState state) {
    return "request %s has no end yet"
        .formatted(state.requests().inFlight().keySet().iterator().next());
  }

  private static Suppressed suppressed(
      RetrainingState state, Cause cause, String code, String reason, String subject) {
    return new Suppressed(cause, code, reason, state.now(), subject);
  }

  private Requested requested(
      RetrainingState state,
      Cause cause,
      String reason,
      @Nullable Long dataFromMicros,
      int refreshes) {
    String id =
        "train-request|%s|%s|%s|%d|%d"
            .formatted(model, cause, dataFromMicros, refreshes, state.requests().made());
    return new Requested(id(id), cause, reason, state.now(), dataFromMicros, refreshes);
  }

  private static String id(String whatItSays) {
    return UUID.nameUUIDFromBytes(whatItSays.getBytes(StandardCharsets.UTF_8)).toString();
  }
}
