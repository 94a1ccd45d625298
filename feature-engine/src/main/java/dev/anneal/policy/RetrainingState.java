package dev.anneal.policy;

import dev.anneal.drift.DriftEvaluation.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What the retraining policy knows of one model.
///
/// @param refresh when to try again after a training that brought no better model
/// @param suppression the last one told
public record RetrainingState(
    Labels labels,
    Requests requests,
    Drift drift,
    @Nullable Refresh refresh,
    @Nullable String suppression) {

  public static final RetrainingState NEW =
      new RetrainingState(
          Labels.NONE,
          new Requests(Map.of(), 0, false, null, null),
          new Drift(null, List.of(), null),
          null,
          null);

  RetrainingState withLabels(Labels changed) {
    return new RetrainingState(changed, requests, drift, refresh, suppression);
  }

  RetrainingState withRequests(Requests changed) {
    return new RetrainingState(labels, changed, drift, refresh, suppression);
  }

  RetrainingState withDrift(Drift changed) {
    return new RetrainingState(labels, requests, changed, refresh, suppression);
  }

  RetrainingState withRefresh(@Nullable Refresh changed) {
    return new RetrainingState(labels, requests, drift, changed, suppression);
  }

  RetrainingState withSuppression(@Nullable String changed) {
    return new RetrainingState(labels, requests, drift, refresh, changed);
  }

  /// Event time that the model's telemetry has reached, microseconds since 1970; 0 before any.
  public long now() {
    return Math.max(0, labels.newestMicros());
  }

  /// @param dueMicros event time
  /// @param refreshes how often this change will have been tried again then
  public record Refresh(long dueMicros, int refreshes, @Nullable Long dataFromMicros) {}

  /// Trainings asked for.
  ///
  /// @param inFlight requests without an end, by id; the policy's own and others'
  /// @param made how many the policy has made
  /// @param asked whether anybody ever asked
  /// @param lastMicros event time of the policy's last request
  /// @param changeMicros since when the data is as it is now: the change located by the last drift
  public record Requests(
      Map<String, Request> inFlight,
      long made,
      boolean asked,
      @Nullable Long lastMicros,
      @Nullable Long changeMicros) {
    public Requests {
      inFlight = new LinkedHashMap<>(inFlight); // keeps the order, which Map.copyOf does not
    }

    Requests with(PolicyEvent.Requested requested) {
      var more = new LinkedHashMap<>(inFlight);
      more.put(
          requested.requestId(),
          new Request(requested.cause(), requested.refreshes(), requested.dataFromMicros()));
      Long change = requested.cause() == Cause.DRIFT ? requested.dataFromMicros() : changeMicros;
      return new Requests(more, made + 1, true, requested.atMicros(), change);
    }

    Requests with(PolicyInput.Queued queued) {
      var more = new LinkedHashMap<>(inFlight);
      var request = more.remove(queued.requestId());
      String id = queued.coalescedInto() == null ? queued.requestId() : queued.coalescedInto();
      more.put(id, request == null ? more.getOrDefault(id, new Request(null, 0, null)) : request);
      return new Requests(more, made, true, lastMicros, changeMicros);
    }

    Requests without(String requestId) {
      var fewer = new LinkedHashMap<>(inFlight);
      fewer.remove(requestId);
      return new Requests(fewer, made, asked, lastMicros, changeMicros);
    }
  }

  /// @param cause null where somebody else asked
  /// @param refreshes how often this change was tried before
  public record Request(@Nullable Cause cause, int refreshes, @Nullable Long dataFromMicros) {}

  /// What the windows said.
  ///
  /// @param version that they compare with, null before the first report
  /// @param days the last one-day windows that could tell, oldest first
  /// @param weekMicros start of the newest 7-day window, where that drifted
  public record Drift(@Nullable String version, List<Day> days, @Nullable Long weekMicros) {
    /// Days kept; a definition's `persistenceOf` is less.
    static final int MAX_DAYS = 64;

    public Drift {
      days = List.copyOf(days);
    }

    Drift with(DriftReport report) {
      var same =
          report.version().equals(version) ? this : new Drift(report.version(), List.of(), null);
      return switch (report.span()) {
        case WEEK ->
            new Drift(same.version, same.days, report.drifted() ? report.startMicros() : null);
        case DAY -> same.withDay(report);
      };
    }

    private Drift withDay(DriftReport report) {
      var verdict = report.evaluation().verdict();
      if (verdict == Verdict.INSUFFICIENT || verdict == Verdict.SENSOR_FAULT) {
        return this;
      }
      var more = new ArrayList<>(days);
      more.add(new Day(report.startMicros(), report.drifted()));
      return new Drift(
          version, more.subList(Math.max(0, more.size() - MAX_DAYS), more.size()), weekMicros);
    }

    List<Day> last(int count) {
      return days.subList(Math.max(0, days.size() - count), days.size());
    }
  }

  public record Day(long startMicros, boolean drifted) {}
}
