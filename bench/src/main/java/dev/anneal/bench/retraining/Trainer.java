package dev.anneal.bench.retraining;

import dev.anneal.modelstore.ArtifactKey;
import dev.anneal.modelstore.EvaluationRows;
import dev.anneal.modelstore.ModelCard;
import dev.anneal.modelstore.OnnxModel;
import dev.anneal.trainer.xgboost.DatasetWriter;
import dev.anneal.trainer.xgboost.Label;
import dev.anneal.trainer.xgboost.PassedOver;
import dev.anneal.trainer.xgboost.TrainingFailure;
import dev.anneal.trainer.xgboost.TrainingProcess;
import dev.anneal.trainer.xgboost.TrainingTask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The trainer's own training, in this process: dataset, split, candidates, XGBoost, ONNX, profile.
final class Trainer {
  private static final long MAX_BYTES = 1L << 30;
  private static final String ASSET = "asset";
  private static final TrainingTask.Minimums MINIMUMS = new TrainingTask.Minimums(100, 10, 50, 5);

  private final LabelledStream stream;
  private int trainings;

  Trainer(LabelledStream stream) {
    this.stream = stream;
  }

  int trainings() {
    return trainings;
  }

  /// Trains on the rows before `untilRow`.
  ///
  /// @param changeMicros since when the data is as it is: the trainer then trains on the rows since
  ///     and on all, and keeps the better; null: all rows
  /// @return null when there were too few rows
  @Nullable Version train(int untilRow, @Nullable Long changeMicros) throws IOException {
    return train(untilRow, changeMicros, true);
  }

  /// @param includesBefore whether rows before the change may be trained on
  @Nullable Version train(int untilRow, @Nullable Long changeMicros, boolean includesBefore)
      throws IOException {
    trainings++;
    Path directory = Files.createTempDirectory("anneal-bench-training");
    try {
      writeDataset(directory, untilRow);
      String name = "v%05d".formatted(trainings);
      task(name, untilRow, changeMicros, includesBefore).write(directory);
      TrainingProcess.run(directory);
      Path out = directory.resolve(TrainingProcess.OUT);
      return new Version(
          name,
          OnnxModel.load(Files.readAllBytes(out.resolve("model.onnx"))),
          EvaluationRows.from(Files.readAllBytes(out.resolve(EvaluationRows.FILE))));
    } catch (TrainingFailure e) {
      if (e.code().equals("insufficient-labels")) {
        return null;
      }
      throw e;
    } finally {
      delete(directory);
    }
  }

  private void writeDataset(Path directory, int untilRow) throws IOException {
    try (var dataset = new DatasetWriter(directory, stream.width(), MAX_BYTES)) {
      for (int row = 0; row < untilRow; row++) {
        dataset.add(ASSET, stream.timeMicros(row), stream.features()[row]);
      }
      long step = stream.timeMicros(1);
      dataset.finish(
          (_, time) -> stream.labels()[(int) (time / step)] > .5 ? Label.POSITIVE : Label.NEGATIVE);
    }
  }

  private TrainingTask task(
      String name, int untilRow, @Nullable Long changeMicros, boolean includesBefore) {
    long now = stream.timeMicros(untilRow);
    return new TrainingTask(
        new ArtifactKey("bench", "model", name),
        name,
        now,
        "binary",
        new ModelCard.Features(stream.names(), List.of(), List.of()),
        stream.names(),
        null,
        0,
        changeMicros,
        null,
        includesBefore,
        Map.of(),
        1,
        1,
        MINIMUMS,
        List.of(),
        now,
        PassedOver.NONE);
  }

  private static void delete(Path directory) throws IOException {
    try (var files = Files.walk(directory)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
