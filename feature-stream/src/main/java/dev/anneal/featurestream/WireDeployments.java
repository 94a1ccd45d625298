package dev.anneal.featurestream;

import dev.anneal.drift.Bins;
import dev.anneal.drift.Extent;
import dev.anneal.drift.FeatureProfile;
import dev.anneal.drift.PerformanceEstimator;
import dev.anneal.drift.ReferenceProfile;
import dev.anneal.events.Deployment;
import dev.anneal.events.FeatureExtent;
import dev.anneal.schemas.Micros;
import org.jspecify.annotations.Nullable;

/// From deployments, with the reference profiles they carry, to the domain.
final class WireDeployments {
  private WireDeployments() {}

  /// @throws IllegalArgumentException when the reference profile makes no sense
  static Deployed deployed(Deployment deployment) {
    var profile = deployment.getReferenceProfile();
    var score = profile.getScore();
    var label = profile.getLabel();
    return new Deployed(
        deployment.getDeploymentId(),
        deployment.getVersion(),
        Micros.of(deployment.getDeployedAt()),
        new ReferenceProfile(
            profile.getRows(),
            Micros.of(profile.getFrom()),
            Micros.of(profile.getTo()),
            profile.getFeatures().stream().map(WireDeployments::profile).toList(),
            score == null ? null : profile(score),
            label == null ? null : profile(label),
            estimator(profile.getEstimator())));
  }

  private static @Nullable PerformanceEstimator estimator(
      dev.anneal.events.@Nullable PerformanceEstimator estimator) {
    return estimator == null
        ? null
        : new PerformanceEstimator(
            estimator.getThreshold(),
            estimator.getTau(),
            estimator.getCalibrated(),
            estimator.getEdges(),
            estimator.getProbabilities(),
            estimator.getLowAccuracy(),
            estimator.getHighAccuracy());
  }

  private static FeatureProfile profile(dev.anneal.events.FeatureProfile profile) {
    return new FeatureProfile(
        profile.getName(),
        Bins.of(profile.getEdges()),
        profile.getCounts(),
        profile.getMean(),
        profile.getStandardDeviation(),
        profile.getTau(),
        profile.getImportance(),
        extent(profile.getExtent()));
  }

  private static Extent extent(@Nullable FeatureExtent extent) {
    return extent == null
        ? Extent.UNKNOWN
        : new Extent(
            extent.getMinimum(),
            extent.getLow(),
            extent.getHigh(),
            extent.getMaximum(),
            extent.getStuck());
  }
}
