package dev.anneal.trainer;

import dev.anneal.features.FeatureSpecification;
import dev.anneal.modelstore.ArtifactException;
import dev.anneal.modelstore.ArtifactKey;
import dev.anneal.modelstore.ArtifactStore;
import dev.anneal.modelstore.ModelCard;
import dev.anneal.schemas.Micros;
import dev.anneal.stage.FailPoint;
import dev.anneal.stage.Redaction;
import dev.anneal.trainer.xgboost.Hyperparameters;
import dev.anneal.trainer.xgboost.TrainingFailure;
import dev.anneal.trainer.xgboost.TrainingTask;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One attempt from the definition to an artifact in the store. Tells nobody; that is done with its
/// end.
final class Training {
  private static final Logger LOG = LoggerFactory.getLogger(Training.class);
  private static final String BINARY = "binary";
  private static final long MICROS_PER_SECOND = 1_000_000;

  private final DataReader reader;
  private final TrainingChild child;
  private final ArtifactStore store;
  private final WorkDirectory work;
  private final TrainerSettings settings;

  Training(
      DataReader reader,
      TrainingChild child,
      ArtifactStore store,
      WorkDirectory work,
      TrainerSettings settings) {
    this.reader = reader;
    this.child = child;
    this.store = store;
    this.work = work;
    this.settings = settings;
  }

  /// @param spec empty when the model's definition is gone
  Attempted run(Run run, int attempt, Optional<ModelSpec> spec, Watch watch, Progress progress) {
    try {
      var key = new ArtifactKey(run.key().organization(), run.key().model(), run.version());
      var existing = store.find(key);
      if (existing.isPresent()) {
        // an attempt before this one died between the artifact and its event
        return new Attempted.Trained(TrainedModel.read(store, existing.get()));
      }
      if (spec.isEmpty()) {
        return new Attempted.Failed(
            "unknown-model", "there is no model %s any more".formatted(run.key()));
      }
      return new Attempted.Trained(train(run, attempt, key, spec.get(), watch, progress));
    } catch (TrainingFailure e) {
      return new Attempted.Failed(e.code(), String.valueOf(e.getMessage()));
    } catch (Stopped e) {
      return e.end();
    } catch (ArtifactException e) {
      return new Attempted.Failed("artifact-damaged", String.valueOf(e.getMessage()));
    } catch (KafkaException e) {
      return e instanceof InterruptException
          ? new Attempted.Interrupted()
          : new Attempted.Failed(Absence.code(e).orElse("kafka-failed"), Redaction.of(e));
    } catch (IOException | UncheckedIOException e) {
      return new Attempted.Failed("storage-failed", Redaction.of(e));
    } catch (RuntimeException e) {
      var away = Absence.code(e);
      if (away.isPresent()) {
        return new Attempted.Failed(away.get(), Redaction.of(e));
      }
      LOG.error(
          "training {} version {} attempt {} met an error of ours",
          run.key(),
          run.version(),
          attempt,
          e);
      return new Attempted.Failed("internal-error", Redaction.of(e.toString()));
    }
  }

  private TrainedModel train(
      Run run, int attempt, ArtifactKey key, ModelSpec spec, Watch watch, Progress progress)
      throws IOException {
    var features = features(spec);
    var hyperparameters = new HashMap<>(spec.hyperparameters());
    hyperparameters.putAll(run.request().overrides());
    Hyperparameters.of(hyperparameters); // refused before anything is read
    long horizon = horizonMicros(spec);
    work.deleteAbandoned();
    try (var opened = work.open(run.runId(), attempt)) {
      Path directory = opened.directory();
      var wanted =
          new DataReader.Wanted(key.organization(), features, run.request()::covers, horizon);
      var cut = reader.read(wanted, directory, settings.dataset().toBytes(), watch, progress);
      task(run, key, spec, features, hyperparameters, cut).write(directory);
      var files = child.run(directory, watch, progress);
      watch.check();
      return TrainedModel.read(store, write(key, files));
    }
  }

  private static FeatureSpecification features(ModelSpec spec) {
    try {
      return spec.features().specification();
    } catch (IllegalArgumentException e) {
      throw new TrainingFailure("invalid-definition", String.valueOf(e.getMessage()), e);
    }
  }

  private static long horizonMicros(ModelSpec spec) {
    Long seconds = spec.failureWithinSeconds();
    if (!spec.task().equals(BINARY) || seconds == null || seconds <= 0) {
      throw new TrainingFailure(
          "unsupported-task",
          "this release trains binary models with failureWithin, %s is %s with %s s"
              .formatted(spec.key(), spec.task(), seconds));
    }
    return Math.multiplyExact(seconds, MICROS_PER_SECOND);
  }

  private TrainingTask task(
      Run run,
      ArtifactKey key,
      ModelSpec spec,
      FeatureSpecification features,
      Map<String, String> hyperparameters,
      DataReader.Cut cut) {
    int cores = Runtime.getRuntime().availableProcessors();
    return new TrainingTask(
        key,
        run.request().requestId(),
        Micros.of(run.request().requestedAt()),
        spec.task(),
        new ModelCard.Features(
            spec.features().sensors(),
            spec.features().lagSeconds(),
            spec.features().rollingWindows()),
        features.names(),
        spec.regimes(),
        horizonMicros(spec),
        run.request().dataFromMicros(),
        run.request().dataToMicros(),
        run.request().includesBefore(),
        hyperparameters,
        settings.threads() == 0 ? Math.max(1, cores - 1) : settings.threads(),
        settings.seed(),
        new TrainingTask.Minimums(
            settings.minimumTrainingRows(),
            settings.minimumTrainingPositives(),
            settings.minimumValidationRows(),
            settings.minimumValidationPositives()),
        cut.ranges(),
        cut.asOfMicros(),
        cut.passedOver());
  }

  /// When another attempt of the request was first, its version counts.
  private ArtifactStore.Stored write(ArtifactKey key, Map<String, byte[]> files) {
    FailPoint.TRAINER_ARTIFACT_UNWRITTEN.hit();
    try {
      var stored = store.write(key, files);
      FailPoint.TRAINER_ARTIFACT_WRITTEN.hit();
      return stored;
    } catch (ArtifactException e) {
      return store.find(key).orElseThrow(() -> e);
    }
  }
}
