package dev.anneal.deployer;

import dev.anneal.modelstore.Artifact;
import dev.anneal.modelstore.ArtifactException;
import dev.anneal.modelstore.ArtifactStore;
import dev.anneal.modelstore.ModelCard;
import dev.anneal.modelstore.OnnxModel;
import dev.anneal.modelstore.OnnxRefusedException;
import dev.anneal.schemas.ModelKey;

/// From an artifact to a model that scores. Every byte is checked against the digest that the event
/// named, the graph by the guard, and the names of the columns against one another.
final class VersionLoader {
  static final String MODEL_FILE = "model.onnx";

  private final ArtifactStore store;

  VersionLoader(ArtifactStore store) {
    this.store = store;
  }

  /// @throws UnusableVersionException when the artifact is missing, damaged or another one
  Artifact open(VersionRef version) {
    try {
      var artifact = store.open(version.artifact(), version.sha256());
      var key = artifact.key();
      if (!new ModelKey(key.organization(), key.model()).equals(version.key())
          || !key.version().equals(version.version())) {
        throw new UnusableVersionException(
            "artifact %s is not version %s of %s".formatted(key, version.version(), version.key()));
      }
      return artifact;
    } catch (ArtifactException | IllegalArgumentException e) {
      throw new UnusableVersionException(e);
    }
  }

  /// @return held by the caller
  /// @throws UnusableVersionException when the version cannot score
  LoadedVersion load(VersionRef version) {
    return load(version, open(version));
  }

  LoadedVersion load(VersionRef version, Artifact artifact) {
    try {
      var card = ModelCard.from(artifact.read(ModelCard.FILE));
      var model = OnnxModel.load(artifact.read(MODEL_FILE));
      if (!model.featureNames().equals(version.features())) {
        model.close();
        throw new UnusableVersionException(
            "version %s of %s was announced with features %s, its ONNX reads %s"
                .formatted(
                    version.version(), version.key(), version.features(), model.featureNames()));
      }
      return new LoadedVersion(version, model, card);
    } catch (ArtifactException | OnnxRefusedException | IllegalArgumentException e) {
      throw new UnusableVersionException(e);
    }
  }
}
