package dev.anneal.modelstore;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// An artifact whose manifest has been checked. Files are checked against it whenever they are
/// read.
public final class Artifact {
  private final Path directory;
  private final Manifest manifest;

  Artifact(Path directory, Manifest manifest) {
    this.directory = directory;
    this.manifest = manifest;
  }

  public ArtifactKey key() {
    return manifest.key();
  }

  public Manifest manifest() {
    return manifest;
  }

  /// @throws ArtifactException when the file is not part of the artifact or its bytes are not the
  ///     ones written
  public byte[] read(String file) {
    var entry =
        manifest.files().stream()
            .filter(f -> f.name().equals(file))
            .findFirst()
            .orElseThrow(
                () -> new ArtifactException("artifact %s has no file %s".formatted(key(), file)));
    Path path = directory.resolve(entry.name());
    try {
      if (Files.size(path) != entry.sizeBytes()) {
        throw new ArtifactException(
            "%s of artifact %s is damaged: expected %d bytes, found %d"
                .formatted(file, key(), entry.sizeBytes(), Files.size(path)));
      }
      byte[] bytes = Files.readAllBytes(path);
      String found = Digests.sha256(bytes);
      if (!found.equals(entry.sha256())) {
        throw new ArtifactException(
            "%s of artifact %s is damaged: expected SHA-256 %s, found %s"
                .formatted(file, key(), entry.sha256(), found));
      }
      return bytes;
    } catch (IOException e) {
      throw new ArtifactException(
          "%s of artifact %s cannot be read: %s".formatted(file, key(), e), e);
    }
  }
}
