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
///             rows have doubled │     ▼     │ evidence that lasts,│
///                             refresh      │ a tick             │
///                                          └────────────────────┘
/// ```
/// One request is in flight at most. A change is trained on again as the rows since with a known
/// label double, whether the training before was promoted or not, and so are all rows while no
/// change was located; a promotion forgets the evidence of the version before. A cause that meets a
/// reason against it is [Suppressed]. Times are event times. Rules and defaults: `docs/methods.md`.
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
      case REJECTED, FAILED, EXPIRED -> request == null ? state : state.with(next(state, request));
      case DEPLOYED ->
          state
              .with(state.findings().afterPromotion(request))
              .with(afterPromotion(state, ended.requestId(), request));
    };
  }

  /// While no change was located, the version that serves is as good as the rows are many.
  private @Nullable Refresh afterPromotion(
      RetrainingState state, String id, @Nullable Request request) {
    if (request != null && request.isRefreshed() && !request.isForFirst()) {
      return next(state, request.afterPromotion());
    }
    var pending = state.refresh();
    if (pending != null && !pending.request().isForFirst()) {
      return pending.afterPromotion();
    }
    return state.requests().changeMicros() == null
        ? next(state, Request.ofAllRows(id, state.labels().mature(null)))
        : null;
  }

  /// The next training on the change of one that ended, when the rows since have doubled and are as
  /// many more as the settings say; for a first model they need not be more.
  private @Nullable Refresh next(RetrainingState state, Request ended) {
    if (!ended.isRefreshed()) {
      return state.refresh();
    }
    int refreshes = ended.refreshes();
    boolean goesOn = ended.isForFirst();
    if (!goesOn && refreshes >= settings.refreshRows().size()) {
      return null;
    }
    long wait = settings.refreshWaitSeconds() << Math.min(refreshes, MAX_DOUBLINGS);
    long more = goesOn ? 0 : Math.max(ended.rowsSince(), settings.refreshRows().get(refreshes));
    return new Refresh(
        ended.again(), state.now() + wait * EventTime.SECOND_MICROS, ended.rows() + more);
  }

  private RetrainingState requested(RetrainingState state, Requested requested) {
    var refresh = state.refresh();
    Cause cause = requested.cause();
    var labels = state.labels();
    long rows = labels.mature(null);
    Long change = cause == Cause.SCHEDULE ? null : requested.changeMicros();
    var request =
        cause == Cause.REFRESH && refresh != null
            ? refresh.request().with(rows)
            : new Request(
                requested.requestId(),
                cause,
                requested.refreshes(),
                change,
                rows,
                labels.mature(change),
                false);
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
