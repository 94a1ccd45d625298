package dev.anneal.control.monitor;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Something that happened to a model, for the record.
///
/// @param kind e.g. `ModelTrained`
/// @param body what the event says, without its bulky parts
public record Event(
    String eventId,
    String organization,
    String model,
    String kind,
    @Nullable String requestId,
    Instant occurredAt,
    Map<String, Object> body) {}
