package dev.anneal.bench.flink;

import dev.anneal.bench.features.Profile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Properties;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/// Flink for the same job, at-least-once, in this JVM: `FlinkMain <kernel|map-state> <bootstrap>
/// <input> <output> <directory> <profile>`. `kernel` is the best we know: one object an asset on
/// the heap, Anneal's own kernel, objects used again. `map-state` is how a team begins: rows by
/// time in RocksDB.
///
/// Rows go from source to operator as the bytes they are, with their asset.
public final class FlinkMain {
  private static final long CHECKPOINT_MILLIS = 10_000;
  private static final TypeInformation<Tuple2<String, byte[]>> ROWS =
      Types.TUPLE(Types.STRING, Types.PRIMITIVE_ARRAY(Types.BYTE));

  private FlinkMain() {}

  public static void main(String[] arguments) throws Exception {
    boolean isKernel = arguments[0].equals("kernel");
    var profile = Profile.valueOf(arguments[5]);
    var environment =
        StreamExecutionEnvironment.createLocalEnvironment(
            1, configuration(isKernel, Path.of(arguments[4])));
    environment.enableCheckpointing(CHECKPOINT_MILLIS, CheckpointingMode.AT_LEAST_ONCE);
    environment.getConfig().enableObjectReuse();
    KeyedProcessFunction<String, Tuple2<String, byte[]>, Tuple2<String, byte[]>> features =
        isKernel ? new KernelFunction(profile) : new MapStateFunction(profile);
    environment
        .fromSource(source(arguments), WatermarkStrategy.noWatermarks(), "telemetry")
        .keyBy(row -> row.f0, Types.STRING)
        .process(features, ROWS)
        .sinkTo(sink(arguments));
    environment.execute(arguments[3]);
  }

  private static Configuration configuration(boolean isKernel, Path directory) {
    var configuration = new Configuration();
    configuration.set(StateBackendOptions.STATE_BACKEND, isKernel ? "hashmap" : "rocksdb");
    configuration.set(
        CheckpointingOptions.CHECKPOINTS_DIRECTORY,
        directory.resolve("checkpoints").toUri().toString());
    configuration.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(256));
    return configuration;
  }

  private static KafkaSource<Tuple2<String, byte[]>> source(String[] arguments) {
    return KafkaSource.<Tuple2<String, byte[]>>builder()
        .setBootstrapServers(arguments[1])
        .setTopics(arguments[2])
        .setGroupId("flink-" + arguments[3])
        .setStartingOffsets(OffsetsInitializer.earliest())
        .setDeserializer(new Rows())
        .setProperty("fetch.min.bytes", "65536")
        .setProperty("max.poll.records", "2000")
        .build();
  }

  private static KafkaSink<Tuple2<String, byte[]>> sink(String[] arguments) {
    String topic = arguments[3];
    KafkaRecordSerializationSchema<Tuple2<String, byte[]>> records =
        (row, _, timestamp) ->
            new ProducerRecord<>(
                topic, 0, timestamp, row.f0.getBytes(StandardCharsets.ISO_8859_1), row.f1);
    var producer = new Properties();
    producer.put("acks", "all");
    producer.put("linger.ms", "5");
    producer.put("batch.size", "262144");
    producer.put("buffer.memory", "67108864");
    producer.put("compression.type", "lz4");
    return KafkaSink.<Tuple2<String, byte[]>>builder()
        .setBootstrapServers(arguments[1])
        .setRecordSerializer(records)
        .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
        .setKafkaProducerConfig(producer)
        .build();
  }

  private static final class Rows
      implements KafkaRecordDeserializationSchema<Tuple2<String, byte[]>> {
    @Override
    public void deserialize(
        ConsumerRecord<byte[], byte[]> record, Collector<Tuple2<String, byte[]>> out) {
      out.collect(Tuple2.of(new String(record.key(), StandardCharsets.ISO_8859_1), record.value()));
    }

    @Override
    public TypeInformation<Tuple2<String, byte[]>> getProducedType() {
      return ROWS;
    }
  }
}
