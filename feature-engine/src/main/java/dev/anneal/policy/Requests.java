package dev.anneal.policy;

import dev.anneal.policy.PolicyInput.End;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Trainings asked for, the policy's own and others'.
///
/// @param inFlight without an end, by id
/// @param ended ends of the newest ones by id: what is heard of them again says nothing new
/// @param ticks ids of the newest ticks
/// @param asked whether anybody ever asked
/// @param made how many the policy made
/// @param lastMicros event time of the policy's last request
/// @param changeMicros the change that evidence located last: since then the data is as it is
public record Requests(
    Map<String, Request> inFlight,
    Map<String, End> ended,
    List<String> ticks,
    boolean asked,
    long made,
    @Nullable Long lastMicros,
    @Nullable Long changeMicros) {

  /// One request.
  ///
  /// @param origin the request of which this is a refresh, or itself
  /// @param cause of the origin, null where somebody else asked; [Cause#REFRESH] where a version
  ///     serves, no change was located yet, and more rows alone ask
  /// @param refreshes how often this change was trained on before
  /// @param changeMicros that it is about; null for the beginning of the data
  /// @param rows that had a known label when it was made
  /// @param rowsSince the change, of those
  /// @param promoted whether a version that was trained for it came to serve, or another one since
  public record Request(
      String origin,
      @Nullable Cause cause,
      int refreshes,
      @Nullable Long changeMicros,
      long rows,
      long rowsSince,
      boolean promoted) {
    private static Request ofOthers(String id) {
      return new Request(id, null, 0, null, 0, 0, false);
    }

    /// Of a version that was trained on all rows there are.
    static Request ofAllRows(String id, long rows) {
      return new Request(id, Cause.REFRESH, 0, null, rows, rows, true);
    }

    /// Whether no model serves yet, so that it is tried again for ever.
    boolean isForFirst() {
      return cause == Cause.INITIAL;
    }

    /// Schedules come again by themselves.
    boolean isRefreshed() {
      return cause != null && cause != Cause.SCHEDULE;
    }

    Request again() {
      return new Request(origin, cause, refreshes + 1, changeMicros, rows, rowsSince, promoted);
    }

    /// @param known rows with a known label by now
    Request with(long known) {
      return new Request(
          origin, cause, refreshes, changeMicros, known, rowsSince + known - rows, promoted);
    }

    Request afterPromotion() {
      return new Request(origin, cause, refreshes, changeMicros, rows, rowsSince, true);
    }
  }

  static final Requests NONE = new Requests(Map.of(), Map.of(), List.of(), false, 0, null, null);

  // what comes twice comes within a few events: a producer's retry, a consumer's restart. A list,
  // because a set comes back from JSON in another order
  private static final int KEPT = 64;

  public Requests {
    inFlight = new LinkedHashMap<>(inFlight); // keeps the order, which Map.copyOf does not
    ended = newest(new LinkedHashMap<>(ended));
    ticks = List.copyOf(ticks.subList(Math.max(0, ticks.size() - KEPT), ticks.size()));
  }

  private static Map<String, End> newest(Map<String, End> all) {
    while (all.size() > KEPT) {
      all.remove(all.keySet().iterator().next());
    }
    return all;
  }

  /// The request after the policy's event; one whose end is known already is not waited for.
  Requests with(PolicyEvent.Requested requested, Request request) {
    var more = new LinkedHashMap<>(inFlight);
    if (!ended.containsKey(requested.requestId())) {
      more.put(requested.requestId(), request);
    }
    Long change = requested.changeMicros() == null ? changeMicros : requested.changeMicros();
    return new Requests(more, ended, ticks, true, made + 1, requested.atMicros(), change);
  }

  Requests with(PolicyInput.Queued queued) {
    String id = queued.coalescedInto() == null ? queued.requestId() : queued.coalescedInto();
    var more = new LinkedHashMap<>(inFlight);
    var own = more.remove(queued.requestId());
    if (!ended.containsKey(queued.requestId()) && !ended.containsKey(id)) {
      more.put(id, own == null ? more.getOrDefault(id, Request.ofOthers(id)) : own);
    }
    return new Requests(more, ended, ticks, true, made, lastMicros, changeMicros);
  }

  Requests without(PolicyInput.Ended end) {
    var fewer = new LinkedHashMap<>(inFlight);
    fewer.remove(end.requestId());
    var more = new LinkedHashMap<>(ended);
    more.remove(end.requestId());
    more.put(end.requestId(), end.end());
    return new Requests(fewer, more, ticks, asked, made, lastMicros, changeMicros);
  }

  Requests with(PolicyInput.Ticked tick) {
    var more = new ArrayList<>(ticks);
    more.remove(tick.tickId());
    more.add(tick.tickId());
    return new Requests(inFlight, ended, more, asked, made, lastMicros, changeMicros);
  }

  /// What is left of them when the model is gone.
  Requests forgotten() {
    return new Requests(Map.of(), ended, ticks, false, made, null, null);
  }

  /// Whether the policy heard of this end, or of another one that changes no less: a version that
  /// was rejected may be deployed by hand later.
  boolean isKnown(PolicyInput.Ended end) {
    var known = ended.get(end.requestId());
    return known == End.DEPLOYED || (known != null && end.end() != End.DEPLOYED);
  }
}
