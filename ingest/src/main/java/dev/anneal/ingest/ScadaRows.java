package dev.anneal.ingest;

import dev.anneal.events.Outcome;
import dev.anneal.ingest.Mapped.Code;
import dev.anneal.ingest.Mapped.Rejected;
import dev.anneal.ingest.SourceRow.Table;
import dev.anneal.schemas.RowCodec;
import dev.anneal.schemas.Texts;
import dev.anneal.schemas.Topics;
import dev.anneal.stage.DeadLetters;
import dev.anneal.stage.FailPoint;
import dev.anneal.stage.Publisher;
import dev.anneal.stage.Redaction;
import dev.anneal.stage.StageKafka;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.core.KafkaOperations;

/// Rows of one organization's SCADA database to its telemetry and outcome topics, or to the dead
/// letters.
final class ScadaRows implements Capture.RowHandler {
  private static final Logger LOG = LoggerFactory.getLogger(ScadaRows.class);
  private static final int MICROS_OF_MILLI = 1_000;

  /// Unknown qualities that are reported, and the characters of one: the column may be no quality.
  private static final int MOST_QUALITIES = 20;

  private static final int LONGEST_QUALITY = 100;

  /// Something about a table's columns, told once.
  record Finding(String table, Rejected rejected) {}

  private final Organization organization;
  private final RowCodec codec;
  private final KafkaOperations<String, byte[]> kafka;
  private final String telemetryTopic;
  private final Publisher<Outcome> outcomes;
  private final DeadLetters deadLetters;
  private final Map<Table, RowMapping> mappings = new HashMap<>();
  private final Set<Finding> told;
  private final Runnable remember;
  private final Set<String> unknownQualities = new HashSet<>();
  private final Sends sends = new Sends();
  private final DeletedRows deleted;
  private final OutcomeProgress progress;
  private final InstantSource clock;

  /// @param told findings that need not be told again
  /// @param deleted what is counted and not reported yet
  /// @param remember that there may be a slot of ours in the source
  ScadaRows(
      Organization organization,
      StageKafka kafka,
      Set<Finding> told,
      DeletedRows deleted,
      Runnable remember,
      InstantSource clock) {
    this.deleted = deleted;
    this.told = told;
    this.progress = new OutcomeProgress(clock);
    this.clock = clock;
    this.remember = remember;
    this.organization = organization;
    this.codec =
        RowCodec.telemetry(organization.name(), organization.sensorNames(), kafka.registry());
    this.kafka = kafka.bytes();
    this.telemetryTopic = Topics.telemetry(organization.name()).name();
    this.outcomes = kafka.publisher(Topics.outcomes(organization.name()));
    this.deadLetters = kafka.deadLetters();
  }

  @Override
  public void deliver(List<SourceRow> rows) throws InterruptedException {
    FailPoint.INGEST_ROWS_UNSENT.hit();
    for (SourceRow row : rows) {
      switch (mapping(row).map(row)) {
        case Mapped.Telemetry(var telemetry, var unknownQuality) -> {
          if (unknownQuality != null) {
            reportUnknown(row, unknownQuality);
          }
          sends.add(send(row, telemetry));
          progress.passed(row, telemetry.eventTimeMicros());
        }
        case Mapped.Failure failure -> sends.add(send(row, failure));
        case Mapped.Deleted _ -> deleted.add(row, clock.instant());
        case Rejected rejected -> sends.add(reject(row, rejected));
      }
    }
    reportDeleted(deleted.due(clock.instant()));
    sends.await();
    FailPoint.INGEST_ROWS_SENT.hit();
    if (organization.outcomes() != null && progress.isDue()) {
      long known = progress.committedMicros();
      sends.add(outcomes.sendToEveryPartition(Wire.progress(known), known / MICROS_OF_MILLI));
      sends.await();
      progress.told();
    }
  }

  /// What was not counted to the end when the process was killed is not reported.
  @Override
  public void ended() throws InterruptedException {
    reportDeleted(deleted.all());
    sends.await();
  }

  private void reportDeleted(List<DeletedRows.Count> counts) {
    for (var count : counts) {
      sends.add(reject(count.row(), new Rejected(Code.ROW_DELETED, count.reason())));
    }
  }

  private RowMapping mapping(SourceRow row) {
    RowMapping known = mappings.get(row.table());
    if (known != null) {
      return known;
    }
    var mapping = RowMapping.of(organization, row.table());
    mapping.findings().forEach(finding -> reportOnce(row, finding));
    mappings.put(row.table(), mapping);
    return mapping;
  }

  private void reportUnknown(SourceRow row, String quality) {
    String unknownQuality = Texts.inLine(quality, LONGEST_QUALITY);
    if (unknownQualities.size() < MOST_QUALITIES && unknownQualities.add(unknownQuality)) {
      reportOnce(row, new Rejected(Code.UNKNOWN_QUALITY, unknown(unknownQuality)));
    }
  }

  private String unknown(String quality) {
    String text =
        "nobody knows the quality `%s` in column `%s`; it is taken for uncertain, and the row is used; qualityWords in the definition says what it means"
            .formatted(quality, organization.qualityColumn());
    return unknownQualities.size() < MOST_QUALITIES
        ? text
        : text + "; others that nobody knows are not reported any more";
  }

  private void reportOnce(SourceRow row, Rejected finding) {
    if (told.add(new Finding(row.table().qualifiedName(), finding))) {
      sends.add(reject(row, finding));
    }
  }

  private CompletableFuture<?> send(SourceRow source, RowCodec.Row row) {
    long timestamp = row.eventTimeMicros() / MICROS_OF_MILLI;
    var record =
        new ProducerRecord<>(telemetryTopic, null, timestamp, row.asset(), codec.encode(row));
    return orReject(source, kafka.send(record));
  }

  private CompletableFuture<?> send(SourceRow source, Mapped.Failure failure) {
    long timestamp = failure.eventTimeMicros() / MICROS_OF_MILLI;
    return orReject(source, outcomes.send(failure.asset(), Wire.outcome(failure), timestamp));
  }

  private CompletableFuture<?> orReject(SourceRow source, CompletableFuture<?> send) {
    return BrokerRefusal.orElse(
        send, cause -> reject(source, new Rejected(Code.REFUSED_BY_BROKER, Redaction.of(cause))));
  }

  private CompletableFuture<Void> reject(SourceRow row, Rejected rejected) {
    return deadLetters.reject(
        organization.name(),
        row.table().qualifiedName(),
        "%s@%d".formatted(row.table().qualifiedName(), row.lsn()),
        RowJson.of(row),
        rejected.code().id(),
        rejected.reason());
  }

  @Override
  public Lacking lacking(Map<String, Set<String>> captured, Set<String> others) {
    return organization.lacking(captured, others);
  }

  @Override
  public void reached() {
    remember.run();
  }

  @Override
  public void report(String code, String reason) {
    LOG.warn("{}: {}: {}", organization.name(), code, reason);
    deadLetters
        .reject(
            organization.name(),
            organization.source().log(),
            organization.name(),
            new byte[0],
            code,
            reason)
        .join();
  }
}
