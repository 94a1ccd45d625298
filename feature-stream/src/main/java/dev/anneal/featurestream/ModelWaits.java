package dev.anneal.featurestream;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What a model's policy waits for, and since when by the clock: event time does not pass where a
/// definition is gone, and passes in seconds where years are read again, while a training takes its
/// hours.
///
/// @param undefinedSince milliseconds since 1970, null while there is a definition
/// @param inFlightSince of requests without an end, by id
record ModelWaits(@Nullable Long undefinedSince, SortedMap<String, Long> inFlightSince) {
  static final ModelWaits NONE = new ModelWaits(null, new TreeMap<>());

  /// What has lasted too long.
  ///
  /// @param expired requests that are waited for no more
  /// @param isForgotten whether the model is gone for good
  record Heard(ModelWaits waits, List<String> expired, boolean isForgotten) {}

  /// @param nowMillis milliseconds since 1970
  /// @param inFlight ids of requests without an end
  /// @param patienceMillis how long is waited
  Heard at(long nowMillis, boolean isDefined, Set<String> inFlight, long patienceMillis) {
    Long undefined = undefinedSince == null ? Long.valueOf(nowMillis) : undefinedSince;
    var since = new TreeMap<String, Long>();
    var expired = new ArrayList<String>();
    for (String id : inFlight) {
      long asked = inFlightSince.getOrDefault(id, nowMillis);
      if (nowMillis - asked >= patienceMillis) {
        expired.add(id);
      } else {
        since.put(id, asked);
      }
    }
    boolean isForgotten = !isDefined && since.isEmpty() && nowMillis - undefined >= patienceMillis;
    return new Heard(new ModelWaits(isDefined ? null : undefined, since), expired, isForgotten);
  }
}
