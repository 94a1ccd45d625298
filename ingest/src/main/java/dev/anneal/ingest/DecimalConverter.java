package dev.anneal.ingest;

import io.debezium.data.SpecialValueDecimal;
import io.debezium.spi.converter.CustomConverter;
import io.debezium.spi.converter.RelationalColumn;
import java.math.BigDecimal;
import java.sql.Types;
import java.util.Properties;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.jspecify.annotations.Nullable;

/// Columns of `numeric`, and of domains over it, as text with all their digits: an identifier of 17
/// digits does not survive a double. NaN and the infinities stay what they are, which Debezium's
/// own exact representation cannot express. Debezium makes the instance by its name.
public final class DecimalConverter implements CustomConverter<SchemaBuilder, RelationalColumn> {
  /// As Debezium writes it for text.
  private static final String UNCHANGED = "__debezium_unavailable_value";

  /// A number of 131,072 digits, which PostgreSQL takes, is parsed for a second.
  private static final int MOST_DIGITS = 1_000;

  /// Name of the schema of such a field.
  static final String SCHEMA_NAME = "dev.anneal.Decimal";

  @Override
  public void configure(Properties properties) {}

  @Override
  public void converterFor(
      RelationalColumn column, ConverterRegistration<SchemaBuilder> registration) {
    if (column.jdbcType() == Types.NUMERIC || column.jdbcType() == Types.DECIMAL) {
      registration.register(
          SchemaBuilder.string().optional().name(SCHEMA_NAME), DecimalConverter::text);
    }
  }

  private static @Nullable String text(@Nullable Object value) {
    return switch (value) {
      case null -> null;
      case SpecialValueDecimal special ->
          special
              .getDecimalValue()
              .map(BigDecimal::toString)
              .orElseGet(() -> Double.toString(special.toDouble()));
      case Number _, String _ -> value.toString();
      default -> UNCHANGED; // of a large value that an update left alone, the log has none
    };
  }

  /// @param text of a value of [#SCHEMA_NAME]
  /// @return a [BigDecimal]; a [Double] that is not finite; the text, where it is no usable number
  static Object value(String text) {
    return switch (text) {
      case "NaN", "Infinity", "-Infinity" -> Double.valueOf(text);
      case UNCHANGED -> text;
      default -> text.length() > MOST_DIGITS ? text : new BigDecimal(text);
    };
  }
}
