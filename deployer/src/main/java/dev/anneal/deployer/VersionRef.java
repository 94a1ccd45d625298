package dev.anneal.deployer;

import dev.anneal.schemas.ModelKey;
import java.net.URI;
import java.util.List;

/// One version of a model and where its artifact is.
///
/// @param sha256 digest of the artifact's manifest
/// @param features columns the version reads
/// @param profile what drift of the version is measured against
record VersionRef(
    ModelKey key,
    String version,
    URI artifact,
    String sha256,
    List<String> features,
    ReferenceProfile profile) {
  /// Passed on from the candidate to its deployments, unread.
  interface ReferenceProfile {}

  VersionRef {
    features = List.copyOf(features);
  }
}
