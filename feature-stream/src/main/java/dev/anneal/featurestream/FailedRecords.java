package dev.anneal.featurestream;

import dev.anneal.events.DeadLetter;
import dev.anneal.schemas.AvroSerde;
import dev.anneal.schemas.SchemaRegistry;
import dev.anneal.schemas.Stage;
import dev.anneal.schemas.Topics;
import dev.anneal.stage.Failures;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.apache.kafka.streams.errors.ProcessingExceptionHandler;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What becomes of a record that a processor fails at, so that one record never stops a partition:
/// where Kafka or something else is away the stream thread is replaced and the record comes again;
/// any other failure is a fault of the program, and the record a dead letter. What the fault left
/// undone of the record stays so.
public final class FailedRecords implements ProcessingExceptionHandler {
  /// Names the [SchemaRegistry] in the properties.
  private static final String REGISTRY = "anneal.schema-registry";

  private static final Logger LOG = LoggerFactory.getLogger(FailedRecords.class);
  private static final String TOPIC = Topics.deadLetters(Stage.FEATURE_STREAM).name();

  private Serializer<DeadLetter> letters;
  private InstantSource clock = InstantSource.system();

  // public: Kafka Streams makes it by its name
  @SuppressWarnings("NullAway") // Kafka Streams configures it first
  public FailedRecords() {}

  /// Has Kafka Streams use it.
  static void handle(Properties properties, SchemaRegistry registry) {
    properties.put(
        StreamsConfig.PROCESSING_EXCEPTION_HANDLER_CLASS_CONFIG, FailedRecords.class.getName());
    properties.put(REGISTRY, registry);
  }

  @Override
  public void configure(Map<String, ?> configuration) {
    var registry = (SchemaRegistry) Objects.requireNonNull(configuration.get(REGISTRY), REGISTRY);
    letters = new AvroSerde<>(DeadLetter.class, registry).serializer();
  }

  @Override
  public Response handleError(
      ErrorHandlerContext context, @Nullable Record<?, ?> record, Exception failure) {
    if (!isOfTheRecord(failure)
        && (failure instanceof KafkaException || Failures.isTemporary(failure))) {
      return Response.fail();
    }
    LOG.error(
        "{} failed at {}-{}@{}",
        context.processorNodeId(),
        context.topic(),
        context.partition(),
        context.offset(),
        failure);
    var rejection =
        new Rejection(
            "processing-failed",
            "%s: %s".formatted(context.processorNodeId(), failure),
            null,
            context.topic(),
            context.partition(),
            context.offset(),
            key(context.sourceRawKey()),
            context.sourceRawValue());
    byte[] letter = letters.serialize(TOPIC, Wire.deadLetter(rejection, clock.instant()));
    return Response.resume(List.of(new ProducerRecord<>(TOPIC, context.sourceRawKey(), letter)));
  }

  /// Kafka's own failures that come again with the record.
  private static boolean isOfTheRecord(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SerializationException
          || cause instanceof RecordTooLargeException
          || cause instanceof InvalidTopicException) {
        return true;
      }
    }
    return false;
  }

  private static @Nullable String key(byte @Nullable [] bytes) {
    return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
  }
}
