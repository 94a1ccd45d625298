package dev.anneal.policy;

import dev.anneal.drift.DriftEvaluation.Verdict;
import dev.anneal.policy.DriftReport.Span;
import dev.anneal.policy.Findings.Finding;
import dev.anneal.policy.PolicyEvent.Requested;
import dev.anneal.policy.PolicyEvent.Suppressed;
import dev.anneal.policy.Requests.Request;
import dev.anneal.policy.RetrainingState.Refresh;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What the retraining policy makes of a state: every cause there is meets the reasons against it,
/// in the order in which they are written here.
///
/// @param model name among all models, of which the ids of its requests derive
record Decisions(String model, RetrainingSettings settings) {
  /// Subject of suppressions because of sensor faults.
  static final String SENSORS = "sensors";

  private static final String FIRST = "initial";
  private static final String AGAIN = "refresh";

  PolicyEvent onTick(RetrainingState state, PolicyInput.Ticked tick) {
    if (!state.requests().inFlight().isEmpty()) {
      return suppressed(state, Cause.SCHEDULE, Code.IN_FLIGHT, inFlight(state), tick.tickId());
    }
    if (isShortOfLabels(state, null)) {
      String reason = labels(state, null);
      return suppressed(state, Cause.SCHEDULE, Code.INSUFFICIENT_LABELS, reason, tick.tickId());
    }
    return request(
        state,
        Cause.SCHEDULE,
        id(model, Cause.SCHEDULE, tick.tickId()),
        "the schedule's time has come",
        state.requests().changeMicros(),
        0);
  }

  /// What follows from the state after an input that is no tick; a request is the last.
  List<PolicyEvent> of(RetrainingState state, PolicyInput input) {
    if (!state.requests().asked()) {
      return List.of(first(state));
    }
    var decisions = new ArrayList<PolicyEvent>();
    if (input instanceof PolicyInput.Evaluated(var report)
        && tellsOfSensors(report)
        && isFault(report)) {
      String reason = report.evaluation().reason();
      decisions.add(suppressed(state, Cause.DRIFT, Code.SENSOR_FAULT, reason, SENSORS));
    }
    for (var evidence : Evidence.values()) {
      var finding = state.findings().finding(evidence, settings);
      if (finding != null) {
        var decision = decision(state, finding);
        decisions.add(decision);
        if (decision instanceof Requested) {
          return decisions;
        }
      }
    }
    var refresh = state.refresh();
    if (refresh != null && isDue(state, refresh)) {
      decisions.add(refresh(state, refresh));
    }
    return decisions;
  }

  /// A request without an end is waited for no more; one of others has no cause of ours.
  static PolicyEvent expired(RetrainingState state, String id, Request request) {
    Cause cause = request.cause() == null ? Cause.SCHEDULE : request.cause();
    String reason = "nothing was heard of the end of request %s".formatted(id);
    return suppressed(state, cause, Code.EXPIRED, reason, id);
  }

  private PolicyEvent first(RetrainingState state) {
    long span = state.labels().spanSeconds();
    if (span < settings.initialHistorySeconds()) {
      String reason =
          "%s of history seen, %s wanted"
              .formatted(words(span), words(settings.initialHistorySeconds()));
      return suppressed(state, Cause.INITIAL, Code.INITIAL_HISTORY, reason, FIRST);
    }
    if (isShortOfLabels(state, null)) {
      String reason = labels(state, null);
      return suppressed(state, Cause.INITIAL, Code.INSUFFICIENT_LABELS, reason, FIRST);
    }
    String reason = "enough for a first model: " + labels(state, null);
    long made = state.requests().made(); // by a model of this name before
    String id = made == 0 ? id(model, Cause.INITIAL) : id(model, Cause.INITIAL, made);
    return request(state, Cause.INITIAL, id, reason, null, 0);
  }

  private PolicyEvent decision(RetrainingState state, Finding finding) {
    Cause cause = finding.evidence().cause();
    String subject = finding.evidence().subject();
    Long change = finding.changeMicros();
    if (change == null) {
      return suppressed(state, cause, Code.PERSISTENCE, finding.reason(), subject);
    }
    if (!isAllowed(finding.evidence())) {
      String reason = subject + " asks for no trainings of this model";
      return suppressed(state, cause, Code.DISABLED, reason, subject);
    }
    if (!state.requests().inFlight().isEmpty()) {
      return suppressed(state, cause, Code.IN_FLIGHT, inFlight(state), subject);
    }
    if (isBeingTriedAgain(state, finding.evidence(), change)) {
      return suppressed(state, cause, Code.REFRESH_PENDING, pending(state), subject);
    }
    Long last = state.requests().lastMicros();
    long since = last == null ? Long.MAX_VALUE : (state.now() - last) / EventTime.SECOND_MICROS;
    long cooldown = settings.cooldownSeconds(cause);
    if (since < cooldown) {
      String reason =
          "%s after the last request, %s wanted".formatted(words(since), words(cooldown));
      return suppressed(state, cause, Code.COOLDOWN, reason, subject);
    }
    if (isShortOfLabels(state, change)) {
      return suppressed(state, cause, Code.INSUFFICIENT_LABELS, labels(state, change), subject);
    }
    String id =
        id(
            model,
            cause,
            String.valueOf(state.findings().version()),
            change,
            state.requests().made());
    return request(state, cause, id, finding.reason(), change, 0);
  }

  private boolean isAllowed(Evidence evidence) {
    return settings.enabled() && settings.triggers().contains(evidence);
  }

  /// Whether the change is the one of a refresh to come. The loss is the model's, so it is when it
  /// rose no later; drifted windows are of a version, so they are until one is promoted.
  private static boolean isBeingTriedAgain(RetrainingState state, Evidence evidence, long change) {
    var refresh = state.refresh();
    if (refresh == null) {
      return false;
    }
    Long known = refresh.request().changeMicros();
    return evidence == Evidence.PERFORMANCE
        ? known != null && change <= known
        : !refresh.request().promoted();
  }

  private static String pending(RetrainingState state) {
    var refresh = state.refresh();
    return refresh == null
        ? "none"
        : "training %d on this change comes after %d more rows with a known label and %d s"
            .formatted(
                refresh.request().refreshes() + 1,
                Math.max(0, refresh.dueRows() - state.labels().mature(null)),
                Math.max(0, refresh.dueMicros() - state.now()) / EventTime.SECOND_MICROS);
  }

  private static boolean isDue(RetrainingState state, Refresh refresh) {
    return state.now() >= refresh.dueMicros() && state.labels().mature(null) >= refresh.dueRows();
  }

  private PolicyEvent refresh(RetrainingState state, Refresh refresh) {
    if (!state.requests().inFlight().isEmpty()) {
      return suppressed(state, Cause.REFRESH, Code.IN_FLIGHT, inFlight(state), AGAIN);
    }
    var request = refresh.request();
    if (!settings.enabled() && !request.isForFirst()) {
      String reason = "changes are trained on no more";
      return suppressed(state, Cause.REFRESH, Code.DISABLED, reason, AGAIN);
    }
    String reason =
        "training %d on %s, with more rows"
            .formatted(
                request.refreshes() + 1,
                request.changeMicros() == null ? "all rows" : "the same change");
    // a first model may be deployed late, when it was tried again: the cause tells them apart
    String id =
        id(Cause.REFRESH, String.valueOf(request.cause()), request.origin(), request.refreshes());
    return request(state, Cause.REFRESH, id, reason, request.changeMicros(), request.refreshes());
  }

  /// A long window still holds faults that are over.
  static boolean tellsOfSensors(DriftReport report) {
    return report.span() == Span.SHORT && report.evidence() == Evidence.FEATURES;
  }

  static boolean isFault(DriftReport report) {
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
      RetrainingState state, Cause cause, Code code, String reason, String subject) {
    return new Suppressed(cause, code, reason, state.now(), subject);
  }

  private Requested request(
      RetrainingState state,
      Cause cause,
      String id,
      String reason,
      @Nullable Long changeMicros,
      int refreshes) {
    Long from = settings.fromChange() ? changeMicros : null;
    return new Requested(id, cause, reason, state.now(), changeMicros, from, refreshes);
  }

  private static String id(Object... whatItSays) {
    var text = new StringBuilder("train-request");
    for (var part : whatItSays) {
      text.append('|').append(part);
    }
    return UUID.nameUUIDFromBytes(text.toString().getBytes(StandardCharsets.UTF_8)).toString();
  }

  /// `27 d`, `6 d 1 h`, `40 s`: the two largest units.
  private static String words(long seconds) {
    var time = Duration.ofSeconds(seconds);
    if (seconds < Duration.ofHours(1).toSeconds()) {
      return seconds + " s";
    }
    String days = time.toDays() == 0 ? "" : time.toDays() + " d";
    String hours = time.toHoursPart() == 0 ? "" : time.toHoursPart() + " h";
    return (days + " " + hours).strip();
  }
}
