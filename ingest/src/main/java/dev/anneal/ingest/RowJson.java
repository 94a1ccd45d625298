package dev.anneal.ingest;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/// A source row as JSON, for dead letters.
final class RowJson {
  private static final ObjectMapper JSON = new ObjectMapper();

  private RowJson() {}

  static byte[] of(SourceRow row) {
    ObjectNode json = JSON.createObjectNode();
    for (int i = 0; i < row.values().size(); i++) {
      put(json, row.table().columns().get(i), row.values().get(i));
    }
    return bytes(json);
  }

  static byte[] bytes(Object json) {
    try {
      return JSON.writeValueAsBytes(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void put(ObjectNode json, String column, @Nullable Object value) {
    switch (value) {
      case null -> json.putNull(column);
      case Boolean truth -> json.put(column, truth);
      case Double number when Double.isFinite(number) -> json.put(column, number);
      case Float number when Float.isFinite(number) -> json.put(column, number);
      case BigDecimal number -> json.put(column, number);
      case Long number -> json.put(column, number);
      case Integer number -> json.put(column, number);
      case Short number -> json.put(column, number);
      default -> json.put(column, value.toString());
    }
  }
}
