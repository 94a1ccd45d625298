package dev.anneal.modelstore;

import java.net.URI;
import java.util.Map;
import java.util.Optional;

/// Where artifacts are kept. A version is written once: whole or not at all, and never changed.
/// Safe for use by many threads and processes.
public interface ArtifactStore {
  /// What names an artifact in events.
  ///
  /// @param manifestSha256 digest of its manifest, which holds those of its files
  /// @param sizeBytes of all files
  record Stored(URI uri, String manifestSha256, long sizeBytes) {}

  /// Writes the version. Writing the same content again is fine.
  ///
  /// @param files by name, e.g. `model.onnx`
  /// @throws ArtifactException when the version exists with other content
  /// @throws java.io.UncheckedIOException when the store cannot be written; nothing of it is
  ///     visible then
  Stored write(ArtifactKey key, Map<String, byte[]> files);

  /// The version as it stands in the store, if a complete one does.
  Optional<Stored> find(ArtifactKey key);

  /// Opens an artifact for reading; each file is checked as it is read.
  ///
  /// @throws ArtifactException when it is missing, not in this store, or its manifest has another
  ///     digest
  Artifact open(URI uri, String manifestSha256);
}
