package dev.anneal.trainer;

import dev.anneal.drift.ReferenceProfile;
import dev.anneal.modelstore.Artifact;
import dev.anneal.modelstore.ArtifactException;
import dev.anneal.modelstore.ArtifactStore;
import dev.anneal.modelstore.ModelCard;
import dev.anneal.trainer.xgboost.ProfileJson;
import java.io.IOException;

/// A version that stands in the store. All that its event says is in the artifact, so an attempt
/// that finds the artifact of one before it only has to tell of it.
record TrainedModel(ArtifactStore.Stored stored, ModelCard card, ReferenceProfile profile) {
  /// @throws ArtifactException when the artifact is damaged
  static TrainedModel read(ArtifactStore store, ArtifactStore.Stored stored) {
    Artifact artifact = store.open(stored.uri(), stored.manifestSha256());
    try {
      return new TrainedModel(
          stored,
          ModelCard.from(artifact.read(ModelCard.FILE)),
          ProfileJson.read(artifact.read(ProfileJson.FILE)));
    } catch (IOException e) {
      throw new ArtifactException(
          "the reference profile of %s cannot be read".formatted(artifact.key()), e);
    }
  }
}
