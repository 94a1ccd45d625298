package dev.anneal.stage;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/// CloudEvents 1.0 headers (Kafka binary mode) of an event: `ce_type` is the Avro name, of the
/// union's branch where the event is an envelope.
public final class CloudEventHeaders {
  private static final List<String> IDS =
      List.of("eventId", "requestId", "cancelId", "commandId", "deploymentId", "alertId", "tickId");
  private static final List<String> TIMES =
      List.of(
          "occurredAt",
          "requestedAt",
          "deployedAt",
          "raisedAt",
          "scheduledAt",
          "changedAt",
          "notifiedAt");

  private CloudEventHeaders() {}

  /// None for a value that is no event.
  public static List<Header> of(Object value) {
    if (!(value instanceof SpecificRecord event)) {
      return List.of();
    }
    Object id = first(event, IDS);
    if (id == null) {
      return List.of();
    }
    var headers = new ArrayList<Header>();
    headers.add(header("ce_specversion", "1.0"));
    headers.add(header("ce_id", id));
    headers.add(header("ce_type", type(event)));
    headers.add(header("ce_source", "/anneal/" + first(event, List.of("organization"))));
    Object model = first(event, List.of("model"));
    if (model != null) {
      headers.add(header("ce_subject", model));
    }
    Object time = first(event, TIMES);
    if (time != null) {
      headers.add(header("ce_time", time));
    }
    headers.add(header("content-type", "application/avro"));
    return headers;
  }

  private static String type(SpecificRecord event) {
    Schema.Field field = event.getSchema().getField("event");
    return field != null && event.get(field.pos()) instanceof SpecificRecord branch
        ? branch.getSchema().getFullName()
        : event.getSchema().getFullName();
  }

  private static @org.jspecify.annotations.Nullable Object first(
      SpecificRecord event, List<String> names) {
    return names.stream()
        .map(event.getSchema()::getField)
        .filter(java.util.Objects::nonNull)
        .map(f -> event.get(f.pos()))
        .filter(java.util.Objects::nonNull)
        .findFirst()
        .orElse(null);
  }

  private static Header header(String key, Object value) {
    return new RecordHeader(key, value.toString().getBytes(StandardCharsets.UTF_8));
  }
}
