package dev.anneal.trainer;

import dev.anneal.events.Outcome;
import dev.anneal.features.AssetFeatures;
import dev.anneal.features.FeatureKernel;
import dev.anneal.features.FeatureSpecification;
import dev.anneal.features.RowLimits;
import dev.anneal.modelstore.ModelCard;
import dev.anneal.schemas.AvroSerde;
import dev.anneal.schemas.RowCodec;
import dev.anneal.schemas.Topics;
import dev.anneal.stage.StageKafka;
import dev.anneal.trainer.xgboost.DatasetWriter;
import dev.anneal.trainer.xgboost.Label;
import dev.anneal.trainer.xgboost.PassedOver;
import dev.anneal.trainer.xgboost.TrainingFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongPredicate;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.SerializationException;

/// Makes the dataset of one training from an organization's telemetry and outcomes: all committed
/// records up to the ends that the topics have when it starts. The features are the stream's,
/// computed by the same code from the same rows.
final class DataReader {
  private static final Duration POLL = Duration.ofMillis(250);
  private static final Duration METADATA_WAIT = Duration.ofSeconds(30);
  private static final Duration LONGEST_SILENCE = Duration.ofSeconds(60);
  private static final int PROGRESS_STEPS = 4;

  /// Unusable records that become dead letters in one reading; more are only counted.
  private static final int MAX_DEAD_LETTERS = 100;

  /// What was read.
  ///
  /// @param asOfMicros largest known time of the records
  record Cut(List<ModelCard.Range> ranges, long asOfMicros, long rows, PassedOver passedOver) {}

  private final StageKafka kafka;

  DataReader(StageKafka kafka) {
    this.kafka = kafka;
  }

  /// @param range which event times get into the dataset; the rows outside still count in the
  ///     features of those inside
  /// @param directory gets the dataset
  Cut read(
      ModelSpec spec,
      LongPredicate range,
      FeatureSpecification features,
      long horizonMicros,
      Path directory,
      long maxBytes,
      Watch watch,
      Progress progress)
      throws IOException {
    try (var consumer = new KafkaConsumer<String, byte[]>(kafka.consumerProperties());
        var writer = new DatasetWriter(directory, features.width(), maxBytes)) {
      return new Reading(spec, range, features, consumer, writer, watch, progress)
          .read(horizonMicros);
    } catch (RetriableException e) {
      throw new TrainingFailure(
          "kafka-unavailable", "the data could not be read: " + e.getMessage(), e);
    }
  }

  /// Takes one record.
  private interface Sink {
    void take(ConsumerRecord<String, byte[]> record) throws IOException;
  }

  /// One reading: its state lives as long as it.
  private final class Reading {
    private final LongPredicate range;
    private final FeatureKernel kernel;
    private final RowLimits limits;
    private final Consumer<String, byte[]> consumer;
    private final DatasetWriter writer;
    private final Watch watch;
    private final Progress progress;
    private final RowCodec rows;
    private final String telemetry;
    private final String outcomes;
    private final Map<String, AssetFeatures> assets = new HashMap<>();
    private final Map<String, List<Long>> failures = new HashMap<>();
    private final float[] vector;
    private long newestMicros = Long.MIN_VALUE;
    private long asOfMicros;
    private long badEventTime;
    private long badOutcomeTime;
    private long unreadable;
    private long withoutValue;
    private long late;
    private long duplicate;
    private long untrusted;
    private long outsideRange;

    Reading(
        ModelSpec spec,
        LongPredicate range,
        FeatureSpecification features,
        Consumer<String, byte[]> consumer,
        DatasetWriter writer,
        Watch watch,
        Progress progress) {
      this.range = range;
      this.kernel = new FeatureKernel(features);
      this.limits = features.limits();
      this.consumer = consumer;
      this.writer = writer;
      this.watch = watch;
      this.progress = progress;
      String organization = spec.key().organization();
      this.rows = RowCodec.telemetry(organization, features.sensors(), kafka.registry());
      this.telemetry = Topics.telemetry(organization).name();
      this.outcomes = Topics.outcomes(organization).name();
      this.vector = new float[features.width()];
    }

    Cut read(long horizonMicros) throws IOException {
      var partitions = new ArrayList<>(partitions(telemetry));
      partitions.addAll(partitions(outcomes));
      consumer.assign(partitions);
      Map<TopicPartition, Long> from = consumer.beginningOffsets(partitions, METADATA_WAIT);
      Map<TopicPartition, Long> to =
          consumer.endOffsets(partitions, METADATA_WAIT); // of committed records
      long total = partitions.stream().mapToLong(p -> end(to, p) - end(from, p)).sum();
      progress.at("reading", 0, total);
      var outcomeSerde = new AvroSerde<>(Outcome.class, kafka.registry()).deserializer();
      long outcomeRecords =
          read(
              outcomes,
              from,
              to,
              0,
              total,
              r -> addOutcome(outcomeSerde.deserialize(r.topic(), r.value())));
      read(telemetry, from, to, outcomeRecords, total, r -> addRow(rows.decode(r.value())));
      var times = new HashMap<String, long[]>();
      failures.forEach((asset, list) -> times.put(asset, sorted(list)));
      long[] none = {};
      writer.finish(
          (asset, time) ->
              Label.of(time, horizonMicros, times.getOrDefault(asset, none), newestMicros));
      var ranges =
          partitions.stream()
              .sorted(
                  Comparator.comparing(TopicPartition::topic)
                      .thenComparingInt(TopicPartition::partition))
              .map(p -> new ModelCard.Range(p.topic(), p.partition(), end(from, p), end(to, p)))
              .toList();
      var passedOver =
          new PassedOver(
              unreadable,
              withoutValue,
              badEventTime,
              badOutcomeTime,
              late,
              duplicate,
              untrusted,
              outsideRange,
              writer.leftOut());
      return new Cut(ranges, asOfMicros, writer.count(), passedOver);
    }

    private List<TopicPartition> partitions(String topic) {
      var partitions = consumer.partitionsFor(topic, METADATA_WAIT);
      if (partitions == null || partitions.isEmpty()) {
        throw new TrainingFailure("no-data", "there is no topic " + topic);
      }
      return partitions.stream().map(p -> new TopicPartition(topic, p.partition())).toList();
    }

    /// @return records passed, control records among them
    private long read(
        String topic,
        Map<TopicPartition, Long> from,
        Map<TopicPartition, Long> to,
        long before,
        long total,
        Sink sink)
        throws IOException {
      var partitions = to.keySet().stream().filter(p -> p.topic().equals(topic)).toList();
      consumer.assign(partitions);
      partitions.forEach(p -> consumer.seek(p, end(from, p)));
      long step = Math.max(1, total / PROGRESS_STEPS);
      long told = before / step;
      double heard = watch.seconds();
      long done = 0;
      while (partitions.stream().anyMatch(p -> consumer.position(p) < end(to, p))) {
        watch.check();
        var records = consumer.poll(POLL);
        for (var record : records) {
          if (record.offset() < end(to, new TopicPartition(record.topic(), record.partition()))) {
            take(record, sink);
          }
        }
        heard = records.isEmpty() ? heard : watch.seconds();
        if (watch.seconds() - heard > LONGEST_SILENCE.toSeconds()) {
          throw new TrainingFailure(
              "kafka-unavailable", "%s gave no records for %s".formatted(topic, LONGEST_SILENCE));
        }
        done =
            partitions.stream()
                .mapToLong(p -> Math.min(consumer.position(p), end(to, p)) - end(from, p))
                .sum();
        if ((before + done) / step > told) {
          told = (before + done) / step;
          progress.at("reading", before + done, total);
        }
      }
      return done;
    }

    private void take(ConsumerRecord<String, byte[]> record, Sink sink) throws IOException {
      if (record.value() == null) {
        withoutValue++;
        reject(record, "no-value", "the record has no value");
        return;
      }
      try {
        sink.take(record);
      } catch (SerializationException e) {
        unreadable++;
        reject(record, "malformed-avro", String.valueOf(e.getMessage()));
      }
    }

    private void reject(ConsumerRecord<String, byte[]> record, String code, String reason) {
      if (unreadable + withoutValue <= MAX_DEAD_LETTERS) {
        kafka.deadLetters().reject(record, code, reason);
      }
    }

    private void addOutcome(Outcome outcome) {
      Wire.failure(outcome).ifPresent(this::addFailure);
    }

    private void addFailure(Wire.Failure failure) {
      if (!limits.isPlausible(failure.eventTimeMicros(), failure.knownTimeMicros())) {
        badOutcomeTime++; // the stream tells; one of 2099 would make the label of every row mature
        return;
      }
      failures
          .computeIfAbsent(failure.asset(), _ -> new ArrayList<>())
          .add(failure.eventTimeMicros());
      newestMicros = Math.max(newestMicros, failure.eventTimeMicros());
      asOfMicros = Math.max(asOfMicros, failure.knownTimeMicros());
    }

    private void addRow(RowCodec.Row row) throws IOException {
      if (!limits.isPlausible(row.eventTimeMicros(), row.knownTimeMicros())) {
        badEventTime++; // the stream tells
        return;
      }
      var asset = assets.computeIfAbsent(row.asset(), _ -> new AssetFeatures(kernel));
      asOfMicros = Math.max(asOfMicros, row.knownTimeMicros());
      switch (asset.add(row.eventTimeMicros(), row.lsn(), row.trustedValues())) {
        case LATE, CORRECTION -> late++;
        case DUPLICATE -> duplicate++;
        case ACCEPTED, PLACED -> {
          newestMicros = Math.max(newestMicros, row.eventTimeMicros());
          untrusted += row.quality().isTrusted() ? 0 : 1;
          write(asset, row);
        }
      }
    }

    private void write(AssetFeatures asset, RowCodec.Row row) throws IOException {
      if (!range.test(row.eventTimeMicros())) {
        outsideRange++;
        return;
      }
      asset.computeInto(vector);
      writer.add(row.asset(), row.eventTimeMicros(), vector);
    }

    private static long end(Map<TopicPartition, Long> offsets, TopicPartition partition) {
      return offsets.getOrDefault(partition, 0L);
    }

    private static long[] sorted(List<Long> times) {
      return times.stream().flatMapToLong(LongStream::of).sorted().toArray();
    }
  }
}
