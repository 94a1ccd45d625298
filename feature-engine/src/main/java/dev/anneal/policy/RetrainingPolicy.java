package dev.anneal.policy;

import dev.anneal.policy.PolicyEvent.Noted;
import dev.anneal.policy.PolicyEvent.Requested;
import dev.anneal.policy.PolicyEvent.Suppressed;
import dev.anneal.policy.PolicyInput.End;
import dev.anneal.policy.Requests.Request;
import dev.anneal.policy.RetrainingState.Refresh;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// When a model is trained again: a pure state machine over rows, evidence, ticks and the ends of
/// trainings.
/// ```
///           enough history                        deployed
///  waiting ────────────────► request in flight ──────────────► idle
///                              ▲     │     ▲                    │
///          +500, +1k, +2k … rows│     ▼     │ evidence that lasts,│
///                             refresh      │ a tick             │
///                                          └────────────────────┘
/// ```
/// One request is in flight at most. A change is trained on again as rows with a known label come,
/// whether the training before was promoted or not; a promotion forgets all evidence, which was of
/// the version before. A cause that meets a reason against it is [Suppressed]. Times are event
/// times. Rules and defaults: `docs/methods.md`.
public final class RetrainingPolicy {
  private static final int MAX_DOUBLINGS = 4;

  private final long labelDelaySeconds;
  private final RetrainingSettings settings;
  private final Decisions decisions;

  /// @param model name among all models, of which the ids of its requests derive
  /// @param labelDelaySeconds of event time from a row to its label; 0 where it is known at once
  public RetrainingPolicy(String model, long labelDelaySeconds, RetrainingSettings settings) {
    this.labelDelaySeconds = labelDelaySeconds;
    this.settings = settings;
    this.decisions = new Decisions(model, settings);
  }

  /// What follows from an input; to be applied in this order. Changes nothing.
  public List<PolicyEvent> decide(RetrainingState before, PolicyInput input) {
    var noted = new Noted(input);
    var state = apply(before, noted);
    var events = new ArrayList<PolicyEvent>(List.of(noted));
    if (input instanceof PolicyInput.Ended(String id, var end) && end == End.EXPIRED) {
      var request = before.requests().inFlight().get(id);
      if (request != null) {
        events.add(Decisions.expired(state, id, request));
      }
    }
    if (!(input instanceof PolicyInput.Ticked tick)) {
      decisions.of(state, input).stream()
          .filter(event -> isNews(state, event))
          .forEach(events::add);
    } else if (!before.requests().ticks().contains(tick.tickId())) {
      events.add(decisions.onTick(state, tick));
    }
    return List.copyOf(events);
  }

  private static boolean isNews(RetrainingState state, PolicyEvent event) {
    return !(event instanceof Suppressed suppressed)
        || state.suppressions().get(suppressed.subject()) != suppressed.code();
  }

  public RetrainingState apply(RetrainingState state, PolicyEvent event) {
    return switch (event) {
      case Noted(PolicyInput input) -> withoutWhatIsOver(note(state, input), input);
      case Requested requested -> requested(state, requested);
      case Suppressed suppressed -> {
        var told = new TreeMap<>(state.suppressions());
        told.put(suppressed.subject(), suppressed.code());
        yield suppressed.cause() == Cause.SCHEDULE ? state : state.with(told);
      }
    };
  }

  // ---- what inputs and decisions change

  private RetrainingState note(RetrainingState state, PolicyInput input) {
    return switch (input) {
      case PolicyInput.Advanced(var rowsByHour, long newestMicros) ->
          state.with(state.labels().with(rowsByHour, newestMicros, labelDelaySeconds));
      case PolicyInput.Evaluated(var report) -> state.with(state.findings().with(report));
      case PolicyInput.LossRose rose -> state.with(state.findings().with(rose));
      case PolicyInput.LossFell fell -> state.with(state.findings().with(fell));
      case PolicyInput.Ticked tick -> state.with(state.requests().with(tick));
      case PolicyInput.Queued queued -> state.with(state.requests().with(queued));
      case PolicyInput.Served(String version) -> state.with(state.findings().of(version));
      case PolicyInput.Ended ended -> state.requests().isKnown(ended) ? state : end(state, ended);
    };
  }

  private RetrainingState end(RetrainingState before, PolicyInput.Ended ended) {
    var request = before.requests().inFlight().get(ended.requestId());
    var state = before.with(before.requests().without(ended));
    return switch (ended.end()) {
      case CANCELLED -> state; // by a person, who may ask again
      case REJECTED, FAILED, EXPIRED ->
          request == null ? state : state.with(next(state, request, false));
      case DEPLOYED -> {
        // another version serves: what was found was of the one before
        var after = state.with(Findings.NONE);
        var pending = state.refresh();
        yield request != null && request.changeMicros() != null
            ? after.with(next(state, request, true))
            : after.with(pending == null || pending.isOfFirst() ? null : pending.afterPromotion());
      }
    };
  }

  /// The next training on the change of one that ended; of a first model that was not good enough
  /// it goes on for ever.
  private @Nullable Refresh next(RetrainingState state, Request ended, boolean promoted) {
    if (ended.cause() == null || ended.cause() == Cause.SCHEDULE) {
      return state.refresh();
    }
    boolean ofChange = ended.changeMicros() != null;
    if (ofChange && ended.refreshes() >= settings.refreshRows().size()) {
      return null;
    }
    long wait = settings.refreshWaitSeconds() << Math.min(ended.refreshes(), MAX_DOUBLINGS);
    return new Refresh(
        ended.again(),
        state.now() + wait * EventTime.SECOND_MICROS,
        ofChange ? ended.rows() + settings.refreshRows().get(ended.refreshes()) : 0,
        promoted);
  }

  private RetrainingState requested(RetrainingState state, Requested requested) {
    var refresh = state.refresh();
    Cause cause = requested.cause();
    var request =
        cause == Cause.REFRESH && refresh != null
            ? refresh.request()
            : new Request(
                requested.requestId(),
                cause,
                requested.refreshes(),
                cause == Cause.SCHEDULE ? null : requested.changeMicros(),
                state.labels().mature(null));
    return state
        .with(state.requests().with(requested, request))
        .with(cause == Cause.SCHEDULE ? refresh : null)
        .with(new TreeMap<>());
  }

  /// Evidence that is gone may be told again when it comes back.
  private RetrainingState withoutWhatIsOver(RetrainingState state, PolicyInput input) {
    if (state.suppressions().isEmpty()) {
      return state;
    }
    var told = new TreeMap<>(state.suppressions());
    for (var evidence : Evidence.values()) {
      if (state.findings().finding(evidence, settings) == null) {
        told.remove(evidence.subject());
      }
    }
    if (input instanceof PolicyInput.Evaluated(var report)
        && Decisions.tellsOfSensors(report)
        && !Decisions.isFault(report)) {
      told.remove(Decisions.SENSORS);
    }
    return state.with(told);
  }
}
