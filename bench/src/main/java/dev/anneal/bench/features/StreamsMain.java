package dev.anneal.bench.features;

import java.time.Duration;
import java.util.Properties;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.Stores;
import org.apache.kafka.streams.state.WindowStore;

/// Kafka Streams without Anneal: `StreamsMain <pass|windows> <bootstrap> <input> <output>
/// <directory> <profile>`. `pass` writes as many bytes as a feature row has: what Streams costs by
/// itself. `windows` keeps rows in RocksDB, the way its documentation suggests: put, two fetches
/// for the lags, one range fetch for the windows.
final class StreamsMain {
  private static final String ROWS = "rows";
  private static final String SOURCE = "source";
  private static final String WORK = "work";

  private StreamsMain() {}

  public static void main(String[] arguments) {
    var properties = new Properties();
    properties.putAll(Clients.streams(arguments[1], "streams-" + arguments[3], arguments[4]));
    var profile = Profile.valueOf(arguments[5]);
    var topology =
        new Topology()
            .addSource(
                SOURCE,
                Serdes.ByteArray().deserializer(),
                Serdes.ByteArray().deserializer(),
                arguments[2]);
    if (arguments[0].equals("pass")) {
      topology.addProcessor(WORK, Pass::new, SOURCE);
    } else {
      topology
          .addProcessor(WORK, () -> new Windows(profile), SOURCE)
          .addStateStore(
              Stores.windowStoreBuilder(
                  Stores.persistentWindowStore(
                      ROWS, retention(profile), Duration.ofSeconds(1), false),
                  Serdes.ByteArray(),
                  Serdes.ByteArray()),
              WORK);
    }
    topology.addSink(
        "sink",
        arguments[3],
        Serdes.ByteArray().serializer(),
        Serdes.ByteArray().serializer(),
        WORK);
    new KafkaStreams(topology, properties).start();
  }

  private static Duration retention(Profile profile) {
    return Duration.ofSeconds(
        Math.max(profile.longRows(), Profile.LAG_SECONDS.getLast()) + 60); // and one to spare
  }

  private static final class Pass extends ContextualProcessor<byte[], byte[], byte[], byte[]> {
    private final InputRow row = new InputRow();

    @Override
    public void process(Record<byte[], byte[]> record) {
      context().forward(record.withValue(OutputRow.inflated(row.read(record.value()))));
    }
  }

  private static final class Windows extends ContextualProcessor<byte[], byte[], byte[], byte[]> {
    private final InputRow row = new InputRow();
    private final InputRow stored = new InputRow();
    private final PlainFeatures features;
    private final long longMillis;
    private final double[][] lags = new double[Profile.LAG_SECONDS.size()][];

    Windows(Profile profile) {
      this.features = new PlainFeatures(profile);
      this.longMillis = profile.longRows() * 1_000L;
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
      WindowStore<byte[], byte[]> store = context().getStateStore(ROWS);
      long millis = record.timestamp();
      store.put(record.key(), record.value(), millis);
      for (int i = 0; i < lags.length; i++) {
        byte[] lag = store.fetch(record.key(), millis - Profile.LAG_SECONDS.get(i) * 1_000L);
        lags[i] = lag == null ? null : stored.read(lag).values().clone();
      }
      row.read(record.value());
      features.begin(row.timeMicros(), row.values());
      try (var rows = store.fetch(record.key(), millis - longMillis + 1, millis)) {
        while (rows.hasNext()) {
          stored.read(rows.next().value);
          features.add(stored.timeMicros(), stored.values());
        }
      }
      context().forward(record.withValue(OutputRow.of(row, features.end(lags))));
    }
  }
}
