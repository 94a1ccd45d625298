package dev.anneal.drift;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// The losses of a binary model's predictions, in the order of the predictions' event times, as
/// their labels become known: 1 when the asset failed within the horizon after the prediction. A
/// label is known when the horizon and the usual delay of outcomes have passed, that of a failure
/// too: told as soon as it happens, failures would come before what did not fail, and look like a
/// rise of the loss.
///
/// Of each asset one prediction a horizon is kept: labels within a horizon share its outcome, and a
/// detector counts on losses that do not repeat each other. That bounds the state as well, to what
/// matures. Mutable, for one thread; belongs to one version of a model.
public final class LossStream {
  /// A prediction with its label.
  ///
  /// @param loss (score − label)², in [0, 1]
  public record Matured(
      String asset, long eventTimeMicros, double score, boolean label, double loss) {}

  private record Waiting(long eventTimeMicros, double score) {}

  private static final class Asset {
    private final Deque<Waiting> waiting = new ArrayDeque<>(); // the oldest first
    private final NavigableSet<Long> failures = new TreeSet<>();
    private long last = Long.MIN_VALUE;
  }

  private final long horizonMicros;
  private final long delayMicros;
  private final Map<String, Asset> assets = new TreeMap<>();

  /// @param horizonMicros in which a failure makes a label 1
  /// @param delayMicros after which an outcome is told of at the latest
  public LossStream(long horizonMicros, long delayMicros) {
    this.horizonMicros = horizonMicros;
    this.delayMicros = delayMicros;
  }

  /// @param score probability of a failure
  public void predicted(String name, long eventTimeMicros, double score) {
    var asset = assets.computeIfAbsent(name, _ -> new Asset());
    boolean first = asset.last == Long.MIN_VALUE;
    if (Double.isFinite(score) && (first || eventTimeMicros >= asset.last + horizonMicros)) {
      asset.waiting.addLast(new Waiting(eventTimeMicros, score));
      asset.last = eventTimeMicros;
    }
  }

  /// The asset failed; nothing when it is told again.
  public void failed(String name, long eventTimeMicros) {
    assets.computeIfAbsent(name, _ -> new Asset()).failures.add(eventTimeMicros);
  }

  /// The predictions whose labels are known by now, each once.
  ///
  /// @param nowMicros newest event time that is seen everywhere
  public List<Matured> matured(long nowMicros) {
    long known = nowMicros - horizonMicros - delayMicros;
    var matured = new ArrayList<Matured>();
    assets.forEach(
        (name, asset) -> {
          for (var next = asset.waiting.peekFirst();
              next != null && next.eventTimeMicros() <= known;
              next = asset.waiting.peekFirst()) {
            asset.waiting.removeFirst();
            matured.add(labelled(name, next, asset));
          }
          asset.failures.headSet(known, true).clear(); // before all that is still waiting
        });
    matured.sort(Comparator.comparingLong(Matured::eventTimeMicros).thenComparing(Matured::asset));
    return matured;
  }

  private Matured labelled(String name, Waiting prediction, Asset asset) {
    Long failure = asset.failures.higher(prediction.eventTimeMicros());
    boolean label = failure != null && failure <= prediction.eventTimeMicros() + horizonMicros;
    double error = prediction.score() - (label ? 1 : 0);
    return new Matured(
        name, prediction.eventTimeMicros(), prediction.score(), label, error * error);
  }

  /// Predictions that wait for their label.
  public int waiting() {
    return assets.values().stream().mapToInt(asset -> asset.waiting.size()).sum();
  }

  public byte[] toBytes() {
    int size = 2 * Long.BYTES + Integer.BYTES;
    for (var asset : assets.entrySet()) {
      size += asset.getKey().length() * 3 + 3 * Integer.BYTES + Long.BYTES;
      size += asset.getValue().waiting.size() * 2 * Long.BYTES;
      size += asset.getValue().failures.size() * Long.BYTES;
    }
    var buffer = ByteBuffer.allocate(size);
    buffer.putLong(horizonMicros).putLong(delayMicros).putInt(assets.size());
    assets.forEach((name, asset) -> write(buffer, name, asset));
    var bytes = new byte[buffer.position()];
    buffer.flip().get(bytes);
    return bytes;
  }

  private static void write(ByteBuffer into, String name, Asset asset) {
    byte[] key = name.getBytes(StandardCharsets.UTF_8);
    into.putInt(key.length).put(key).putLong(asset.last);
    into.putInt(asset.waiting.size());
    asset.waiting.forEach(w -> into.putLong(w.eventTimeMicros()).putDouble(w.score()));
    into.putInt(asset.failures.size());
    asset.failures.forEach(into::putLong);
  }

  public static LossStream fromBytes(byte[] bytes) {
    var buffer = ByteBuffer.wrap(bytes);
    var stream = new LossStream(buffer.getLong(), buffer.getLong());
    int assets = buffer.getInt();
    for (int i = 0; i < assets; i++) {
      var key = new byte[buffer.getInt()];
      buffer.get(key);
      var asset = new Asset();
      asset.last = buffer.getLong();
      for (int left = buffer.getInt(); left > 0; left--) {
        asset.waiting.addLast(new Waiting(buffer.getLong(), buffer.getDouble()));
      }
      for (int left = buffer.getInt(); left > 0; left--) {
        asset.failures.add(buffer.getLong());
      }
      stream.assets.put(new String(key, StandardCharsets.UTF_8), asset);
    }
    return stream;
  }
}
