package dev.anneal.policy;

import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Rows of a model, counted by when their label is known: a time after the row, in which
/// what it foretells would have been seen.
///
/// @param waiting rows without a label yet, by hour
/// @param matureByDay rows with one, of the newest days
/// @param matureBefore rows with one, of the days before those
/// @param firstMicros oldest event time, to the hour
/// @param newestMicros newest event time
public record Labels(
    SortedMap<Long, Long> waiting,
    SortedMap<Long, Long> matureByDay,
    long matureBefore,
    long firstMicros,
    long newestMicros) {
  static final Labels NONE =
      new Labels(new TreeMap<>(), new TreeMap<>(), 0, Long.MAX_VALUE, Long.MIN_VALUE);

  private static final int DAYS_KEPT = 64;

  Labels with(SortedMap<Long, Long> rowsByHour, long seenMicros, long delaySeconds) {
    var waits = new TreeMap<>(waiting);
    var mature = new TreeMap<>(matureByDay);
    long first = firstMicros;
    for (var hour : rowsByHour.entrySet()) {
      waits.merge(hour.getKey(), hour.getValue(), Long::sum);
      first = Math.min(first, hour.getKey() * EventTime.HOUR_MICROS);
    }
    long newest = Math.max(newestMicros, seenMicros);
    long knownUntil = newest - delaySeconds * EventTime.SECOND_MICROS;
    while (!waits.isEmpty() && (waits.firstKey() + 1) * EventTime.HOUR_MICROS <= knownUntil) {
      var hour = waits.pollFirstEntry();
      mature.merge(
          EventTime.day(hour.getKey() * EventTime.HOUR_MICROS), hour.getValue(), Long::sum);
    }
    long before = matureBefore;
    while (mature.size() > DAYS_KEPT) {
      before += mature.pollFirstEntry().getValue();
    }
    return new Labels(waits, mature, before, first, newest);
  }

  /// Rows with a known label, from the day of `sinceMicros` on; null: of all time.
  public long mature(@Nullable Long sinceMicros) {
    var days = sinceMicros == null ? matureByDay : matureByDay.tailMap(EventTime.day(sinceMicros));
    long sum = sinceMicros == null ? matureBefore : 0;
    for (long rows : days.values()) {
      sum += rows;
    }
    return sum;
  }

  public long spanSeconds() {
    return newestMicros < firstMicros ? 0 : (newestMicros - firstMicros) / EventTime.SECOND_MICROS;
  }
}
