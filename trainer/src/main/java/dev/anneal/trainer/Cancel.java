package dev.anneal.trainer;

import dev.anneal.schemas.ModelKey;
import org.jspecify.annotations.Nullable;

/// A client's wish that a training ends.
///
/// @param requestId only the run of this request; null: whatever of the model runs or waits
record Cancel(
    String cancelId, ModelKey key, @Nullable String requestId, String requestedBy, String reason) {}
