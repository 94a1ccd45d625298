package dev.anneal.deployer;

import dev.anneal.schemas.ModelKey;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A record of `anneal.deployments`: from here on this version serves.
///
/// @param deploymentId derives from the candidate's version or the command, so that a replay makes
///     the same id
/// @param askedAt when the broker got the command of a rollback; of a candidate, as `deployedAt`
/// @param previousVersion served until then; null: none
record DeployedVersion(
    String deploymentId,
    Kind kind,
    VersionRef version,
    @Nullable String previousVersion,
    Instant deployedAt,
    Instant askedAt,
    @Nullable String requestId,
    String requestedBy,
    String reason) {
  enum Kind {
    DEPLOY,
    ROLLBACK
  }

  ModelKey key() {
    return version.key();
  }
}
