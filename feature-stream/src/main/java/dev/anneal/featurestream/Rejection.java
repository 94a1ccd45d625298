package dev.anneal.featurestream;

import org.jspecify.annotations.Nullable;

/// A record that cannot be used, with its origin and its bytes.
///
/// @param code stable, e.g. `malformed-avro`
@SuppressWarnings("ArrayRecordComponent") // never compared
record Rejection(
    String code,
    String reason,
    @Nullable String organization,
    @Nullable String topic,
    @Nullable Integer partition,
    @Nullable Long offset,
    @Nullable String key,
    byte @Nullable [] value) {}
