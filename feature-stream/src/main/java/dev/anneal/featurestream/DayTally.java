package dev.anneal.featurestream;

import dev.anneal.drift.SensorCounts;
import dev.anneal.drift.WindowCounts;
import java.nio.ByteBuffer;

/// One day's rows of one model in one partition, counted. Mutable, for one thread.
///
/// @param features over the bins of the deployed version's reference
/// @param sensors what tells sensor faults
record DayTally(WindowCounts features, SensorCounts sensors) {
  byte[] encode() {
    byte[] ofSensors = sensors.toBytes();
    int longs = 2;
    for (long[] counts : features.counts()) {
      longs += 1 + counts.length;
    }
    var buffer =
        ByteBuffer.allocate(longs * Long.BYTES + ofSensors.length)
            .putLong(features.rows())
            .putLong(features.counts().length);
    for (long[] counts : features.counts()) {
      buffer.putLong(counts.length);
      for (long count : counts) {
        buffer.putLong(count);
      }
    }
    return buffer.put(ofSensors).array();
  }

  boolean hasShapeOf(DayTally other) {
    return features.hasShapeOf(other.features) && sensors.hasShapeOf(other.sensors);
  }

  static DayTally decode(byte[] bytes) {
    var buffer = ByteBuffer.wrap(bytes);
    long rows = buffer.getLong();
    var counts = new long[(int) buffer.getLong()][];
    for (int feature = 0; feature < counts.length; feature++) {
      counts[feature] = new long[(int) buffer.getLong()];
      for (int bin = 0; bin < counts[feature].length; bin++) {
        counts[feature][bin] = buffer.getLong();
      }
    }
    var ofSensors = new byte[buffer.remaining()];
    buffer.get(ofSensors);
    return new DayTally(WindowCounts.of(rows, counts), SensorCounts.fromBytes(ofSensors));
  }
}
