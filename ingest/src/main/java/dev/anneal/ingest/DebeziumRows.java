package dev.anneal.ingest;

import dev.anneal.ingest.SourceRow.Operation;
import dev.anneal.ingest.SourceRow.Table;
import dev.anneal.schemas.Micros;
import io.debezium.time.Date;
import io.debezium.time.MicroDuration;
import io.debezium.time.MicroTime;
import io.debezium.time.MicroTimestamp;
import io.debezium.time.NanoTimestamp;
import io.debezium.time.Time;
import io.debezium.time.Timestamp;
import io.debezium.time.ZonedTimestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.stream.Collectors;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/// Debezium's change records as [SourceRow]s. Used by one thread.
final class DebeziumRows {
  private static final long MICROS_OF_DAY = 86_400_000_000L;
  private static final long NANOS_OF_MICRO = 1_000;
  private static final long NANOS_OF_MILLI = 1_000_000;

  /// What is behind a schema; Debezium makes one schema object per version of a table.
  private record Layout(Table table, List<Field> fields) {}

  private final WeakHashMap<Schema, Layout> layouts = new WeakHashMap<>();

  /// @return null for what is no change of a row: heartbeats, messages, transaction markers
  @Nullable SourceRow of(SourceRecord record) {
    if (!(record.value() instanceof Struct envelope)
        || envelope.schema().field("op") == null
        || envelope.schema().field("after") == null) {
      return null;
    }
    Operation operation = operation(envelope.getString("op"));
    if (operation == null) {
      return null;
    }
    Struct source = envelope.getStruct("source");
    Struct after = envelope.getStruct("after");
    Struct row = after != null ? after : envelope.getStruct("before");
    Layout layout =
        layouts.computeIfAbsent(
            record.valueSchema(), schema -> layout(schema, record.keySchema(), source));
    return new SourceRow(
        layout.table, operation, lsn(source), committedMicros(source), values(layout, row));
  }

  private static @Nullable Operation operation(String code) {
    return switch (code) {
      case "r" -> Operation.READ;
      case "c" -> Operation.CREATE;
      case "u" -> Operation.UPDATE;
      case "d" -> Operation.DELETE;
      case "t" -> Operation.TRUNCATE;
      default -> null;
    };
  }

  private static Layout layout(Schema envelope, @Nullable Schema key, Struct source) {
    List<Field> fields = envelope.field("after").schema().fields();
    Set<String> primaryKey =
        key == null
            ? Set.of()
            : key.fields().stream().map(Field::name).collect(Collectors.toUnmodifiableSet());
    var table =
        new Table(
            source.getString("schema"),
            source.getString("table"),
            fields.stream().map(Field::name).toList(),
            primaryKey);
    return new Layout(table, fields);
  }

  private static long lsn(Struct source) {
    Long lsn = source.getInt64("lsn");
    return lsn == null ? 0 : lsn;
  }

  private static long committedMicros(Struct source) {
    Long micros = source.getInt64("ts_us");
    return micros == null ? source.getInt64("ts_ms") * 1_000 : micros;
  }

  private static List<@Nullable Object> values(Layout layout, @Nullable Struct row) {
    var values = new @Nullable Object[layout.fields.size()];
    for (int i = 0; row != null && i < values.length; i++) {
      Field field = layout.fields.get(i);
      values[i] = value(field.schema().name(), row.getWithoutDefault(field.name()));
    }
    return Arrays.asList(values);
  }

  /// Dates and times to instants; what stands for no instant (`infinity`) stays as it is. Times of
  /// day and durations are numbers in a record and must not be taken for any.
  private static @Nullable Object value(@Nullable String type, @Nullable Object value) {
    if (type == null || value == null) {
      return value;
    }
    return switch (type) {
      case Timestamp.SCHEMA_NAME -> Instant.ofEpochMilli((Long) value);
      case MicroTimestamp.SCHEMA_NAME -> Micros.toInstant((Long) value);
      case NanoTimestamp.SCHEMA_NAME -> Instant.EPOCH.plusNanos((Long) value);
      case Date.SCHEMA_NAME -> Micros.toInstant((Integer) value * MICROS_OF_DAY);
      case ZonedTimestamp.SCHEMA_NAME -> zoned((String) value);
      case DecimalConverter.SCHEMA_NAME -> DecimalConverter.value((String) value);
      case MicroTime.SCHEMA_NAME -> LocalTime.ofNanoOfDay((Long) value * NANOS_OF_MICRO);
      case Time.SCHEMA_NAME -> LocalTime.ofNanoOfDay((Integer) value * NANOS_OF_MILLI);
      case MicroDuration.SCHEMA_NAME ->
          Duration.of(((Number) value).longValue(), ChronoUnit.MICROS);
      default -> value;
    };
  }

  private static Object zoned(String text) {
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeParseException e) {
      return text;
    }
  }
}
