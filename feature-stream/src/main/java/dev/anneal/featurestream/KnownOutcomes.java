package dev.anneal.featurestream;

import dev.anneal.events.Outcome;
import dev.anneal.schemas.Micros;
import java.util.Set;
import java.util.stream.LongStream;

/// The failures of one partition of every organization, and the commit of its source up to which
/// they are all known.
///
/// @param store also of other things, whose keys begin otherwise
record KnownOutcomes(JsonStore store) {
  private static final int FAILURES_KEPT = 256;
  private static final long[] NONE = {};

  void failed(String organization, Outcome failure) {
    long micros = Micros.of(failure.getEventTime());
    var known = LongStream.of(failures(organization, failure.getAsset()));
    var all = LongStream.concat(known, LongStream.of(micros)).sorted().distinct().toArray();
    var newest = LongStream.of(all).skip(Math.max(0, all.length - FAILURES_KEPT)).toArray();
    store.put(failuresKey(organization, failure.getAsset()), newest);
  }

  /// Event times of an asset's failures, ascending.
  long[] failures(String organization, String asset) {
    return store.get(failuresKey(organization, asset), long[].class, NONE);
  }

  /// The last word counts and not the latest time: a source whose clock ran ahead once would be
  /// believed for as long. A source that is read again says less for a while, and labels wait.
  void reached(String organization, long committedMicros) {
    store.put(reachedKey(organization), committedMicros);
  }

  /// [Long#MIN_VALUE] before the source said.
  long reachedMicros(String organization) {
    return store.get(reachedKey(organization), Long.class, Long.MIN_VALUE);
  }

  /// Forgets failures of assets that are not looked at, as far as they lie before.
  ///
  /// @param lookedAt assets with scores that wait for their labels
  void forget(String organization, Set<String> lookedAt, long beforeMicros) {
    String prefix = failuresKey(organization, "");
    for (String key : store.keys(prefix)) {
      long[] failures = store.get(key, long[].class, NONE);
      if (!lookedAt.contains(key.substring(prefix.length()))
          && failures[failures.length - 1] < beforeMicros) {
        store.delete(key);
      }
    }
  }

  private static String failuresKey(String organization, String asset) {
    return "failures/" + organization + "/" + asset;
  }

  private static String reachedKey(String organization) {
    return "reached/" + organization;
  }
}
