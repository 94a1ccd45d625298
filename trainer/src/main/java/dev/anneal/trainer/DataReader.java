package dev.anneal.trainer;

import dev.anneal.events.Outcome;
import dev.anneal.features.FeatureSpecification;
import dev.anneal.modelstore.ModelCard;
import dev.anneal.schemas.AvroSerde;
import dev.anneal.schemas.RowCodec;
import dev.anneal.schemas.Topics;
import dev.anneal.stage.Redaction;
import dev.anneal.stage.StageKafka;
import dev.anneal.trainer.xgboost.DatasetWriter;
import dev.anneal.trainer.xgboost.PassedOver;
import dev.anneal.trainer.xgboost.TrainingFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongPredicate;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.errors.RetriableException;

/// Makes the dataset of one training from an organization's telemetry and outcomes: all committed
/// records up to the ends that the topics have when it starts. Outcomes are read first, since they
/// say of which rows the labels are known.
final class DataReader {
  /// What a dataset is to be made of.
  ///
  /// @param range which event times get into the dataset; the rows outside still count in the
  ///     features of those inside
  /// @param horizonMicros label 1: a failure within it
  record Wanted(
      String organization,
      FeatureSpecification features,
      LongPredicate range,
      long horizonMicros) {}

  /// What was read.
  ///
  /// @param asOfMicros largest known time of the records
  record Cut(List<ModelCard.Range> ranges, long asOfMicros, PassedOver passedOver) {}

  private final StageKafka kafka;

  DataReader(StageKafka kafka) {
    this.kafka = kafka;
  }

  /// @param directory gets the dataset
  /// @param maxBytes of its features
  Cut read(Wanted wanted, Path directory, long maxBytes, Watch watch, Progress progress)
      throws IOException {
    try (var consumer = new KafkaConsumer<String, byte[]>(kafka.consumerProperties());
        var writer = new DatasetWriter(directory, wanted.features().width(), maxBytes)) {
      var topics =
          List.of(
              Topics.outcomes(wanted.organization()).name(),
              Topics.telemetry(wanted.organization()).name());
      var records = new CutRecords(consumer, topics, kafka.deadLetters(), watch, progress);
      return read(wanted, records, writer);
    } catch (RetriableException e) {
      throw new TrainingFailure(
          Absence.code(e).orElse(Absence.KAFKA),
          "the data could not be read: " + Redaction.of(e),
          e);
    }
  }

  private Cut read(Wanted wanted, CutRecords records, DatasetWriter writer) throws IOException {
    String outcomeTopic = Topics.outcomes(wanted.organization()).name();
    var outcomes = new KnownOutcomes(wanted.features().limits(), records.partitions(outcomeTopic));
    var serde = new AvroSerde<>(Outcome.class, kafka.registry()).deserializer();
    records.read(
        outcomeTopic,
        record ->
            Wire.word(serde.deserialize(record.topic(), record.value()))
                .ifPresent(word -> outcomes.add(record.partition(), word)));
    var rows = new DatasetRows(wanted.features(), wanted.range(), outcomes, writer);
    var codec =
        RowCodec.telemetry(wanted.organization(), wanted.features().sensors(), kafka.registry());
    records.read(
        Topics.telemetry(wanted.organization()).name(),
        record -> rows.add(codec.decode(record.value())));
    writer.finish(outcomes.labels(wanted.horizonMicros(), rows.newestMicros()));
    return new Cut(
        records.ranges(),
        Math.max(rows.asOfMicros(), outcomes.asOfMicros()),
        rows.passedOver(records));
  }
}
