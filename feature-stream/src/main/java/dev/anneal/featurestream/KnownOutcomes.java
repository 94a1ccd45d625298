package dev.anneal.featurestream;

import dev.anneal.events.Outcome;
import dev.anneal.schemas.Micros;
import java.nio.ByteBuffer;
import java.util.stream.LongStream;
import org.apache.kafka.streams.state.KeyValueStore;

/// The failures of one partition of every organization, and the commit of its source up to which
/// they are all known.
final class KnownOutcomes {
  private static final int FAILURES_KEPT = 256;

  private final KeyValueStore<String, byte[]> store;

  KnownOutcomes(KeyValueStore<String, byte[]> store) {
    this.store = store;
  }

  void failed(String organization, Outcome failure) {
    long micros = Micros.of(failure.getEventTime());
    var known = LongStream.of(failures(organization, failure.getAsset()));
    var all = LongStream.concat(known, LongStream.of(micros)).sorted().distinct().toArray();
    var newest = LongStream.of(all).skip(Math.max(0, all.length - FAILURES_KEPT)).toArray();
    store.put(failuresKey(organization, failure.getAsset()), JsonCodec.encode(newest));
  }

  /// Event times of an asset's failures, ascending.
  long[] failures(String organization, String asset) {
    byte[] bytes = store.get(failuresKey(organization, asset));
    return bytes == null ? new long[0] : JsonCodec.decode(bytes, long[].class);
  }

  void reached(String organization, long committedMicros) {
    long newest = Math.max(reachedMicros(organization), committedMicros);
    var bytes = ByteBuffer.allocate(Long.BYTES).putLong(newest).array();
    store.put(reachedKey(organization), bytes);
  }

  /// [Long#MIN_VALUE] before the source said.
  long reachedMicros(String organization) {
    byte[] bytes = store.get(reachedKey(organization));
    return bytes == null ? Long.MIN_VALUE : ByteBuffer.wrap(bytes).getLong();
  }

  private static String failuresKey(String organization, String asset) {
    return "failures/" + organization + "/" + asset;
  }

  private static String reachedKey(String organization) {
    return "reached/" + organization;
  }
}
