package dev.anneal.featurestream;

import dev.anneal.drift.ReferenceProfile;

/// The version of a model that serves, and what its training data looked like.
///
/// @param deployedAtMicros orders the deployments of one model, microseconds since 1970
record Deployed(
    String deploymentId, String version, long deployedAtMicros, ReferenceProfile reference) {
  Deployed with(ReferenceProfile other) {
    return new Deployed(deploymentId, version, deployedAtMicros, other);
  }
}
