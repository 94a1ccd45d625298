package dev.anneal.deployer;

import dev.anneal.schemas.ModelKey;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Somebody asks for an older version.
///
/// @param isRollback false: an action this release does not know
/// @param askedAt when the broker got it: the clock that requests of trainings are ordered by, too
/// @param toVersion null: the version that the serving one replaced when it passed the gate
record RollbackCommand(
    String commandId,
    ModelKey key,
    boolean isRollback,
    @Nullable String toVersion,
    String requestedBy,
    String reason,
    Instant askedAt) {}
