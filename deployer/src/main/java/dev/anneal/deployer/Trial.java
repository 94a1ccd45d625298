package dev.anneal.deployer;

import dev.anneal.modelstore.Artifact;
import dev.anneal.modelstore.ArtifactException;
import dev.anneal.modelstore.EvaluationRows;
import dev.anneal.modelstore.GoldenRows;
import dev.anneal.modelstore.Manifest;
import dev.anneal.modelstore.OnnxModel;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Measures a candidate: loads it, scores its evaluation rows, beside the champion, and its golden
/// rows, and takes the time.
final class Trial {
  private static final Logger LOG = LoggerFactory.getLogger(Trial.class);
  private static final int WARM_UP_ROWS = 500;
  private static final int TIMED_ROWS = 1_000; // ten rows lie above the 99th percentile
  private static final int ROUNDS = 3;
  private static final int BATCH_ROWS = 4_096;

  private final VersionLoader loader;
  private final ServingModels serving;
  private final LongSupplier nanoTime;

  Trial(VersionLoader loader, ServingModels serving, LongSupplier nanoTime) {
    this.loader = loader;
    this.serving = serving;
    this.nanoTime = nanoTime;
  }

  /// @param champion null: none serves
  /// @param maxSizeBytes a larger ONNX file is not even read
  /// @throws UnusableVersionException when the candidate cannot be loaded, or cannot score its own
  ///     rows
  Evidence measure(VersionRef candidate, @Nullable VersionRef champion, long maxSizeBytes) {
    var artifact = loader.open(candidate);
    requireSize(artifact, maxSizeBytes);
    try (var loaded = loader.load(candidate, artifact)) {
      var evaluation = EvaluationRows.from(artifact.read(EvaluationRows.FILE));
      requireRows(evaluation, candidate);
      var golden = GoldenRows.from(artifact.read(GoldenRows.FILE));
      double threshold = loaded.card().threshold();
      float[] served = scores(loaded, evaluation, candidate.features());
      return new Evidence(
          EvaluatedRows.of(evaluation),
          new Scored(candidate.version(), evaluation.scores(), threshold),
          new Scored(candidate.version(), served, threshold),
          champion == null ? null : champion(champion, evaluation, candidate.features()),
          sizeBytes(artifact),
          latencyMillis(loaded.model(), evaluation),
          golden.maxDelta(loaded.model()));
    } catch (ArtifactException | IllegalArgumentException | IllegalStateException e) {
      throw new UnusableVersionException(e);
    }
  }

  private static void requireRows(EvaluationRows rows, VersionRef candidate) {
    if (rows.width() != candidate.features().size() || rows.count() == 0) {
      throw new UnusableVersionException(
          "%s of version %s do not fit its %d features"
              .formatted(rows, candidate.version(), candidate.features().size()));
    }
    if (IntStream.range(0, rows.count()).anyMatch(row -> Float.isNaN(rows.scores()[row]))) {
      throw new UnusableVersionException(
          "%s of version %s lack scores: train it again".formatted(rows, candidate.version()));
    }
  }

  private static void requireSize(Artifact artifact, long maxSizeBytes) {
    long size = sizeBytes(artifact);
    if (size > maxSizeBytes) {
      throw new UnusableVersionException(
          "the ONNX file has %d bytes, more than %d".formatted(size, maxSizeBytes));
    }
  }

  private static long sizeBytes(Artifact artifact) {
    return artifact.manifest().files().stream()
        .filter(f -> f.name().equals(VersionLoader.MODEL_FILE))
        .mapToLong(Manifest.Entry::sizeBytes)
        .sum();
  }

  /// Scores of the champion; null where its model cannot be loaded any more: it must not keep a
  /// proven successor out.
  private @Nullable Scored champion(
      VersionRef champion, EvaluationRows rows, List<String> columns) {
    try (var loaded = acquire(champion).orElseGet(() -> loader.load(champion))) {
      float[] served = scores(loaded, rows, columns);
      boolean isWhole = columns.containsAll(champion.features());
      float[] scores = heldOut(champion, rows, served, isWhole);
      return new Scored(champion.version(), scores, loaded.card().threshold());
    } catch (UnusableVersionException e) {
      LOG.warn("{}: the champion {} cannot be loaded", champion.key(), champion.version(), e);
      return null;
    }
  }

  /// Where its own rows cannot be read, nobody knows which ones it was trained on: none counts.
  private float[] heldOut(
      VersionRef champion, EvaluationRows rows, float[] served, boolean isWhole) {
    try {
      var own = EvaluationRows.from(loader.open(champion).read(EvaluationRows.FILE));
      return isWhole ? HeldOut.scores(rows, served, own) : HeldOut.newer(rows, served, own);
    } catch (UnusableVersionException | ArtifactException e) {
      LOG.warn(
          "{}: {} of the champion {} cannot be read, so it stays",
          champion.key(),
          EvaluationRows.FILE,
          champion.version(),
          e);
      return EvaluationRows.unknown(rows.count());
    }
  }

  private Optional<LoadedVersion> acquire(VersionRef version) {
    return serving.isServing(version) ? serving.acquire(version.key()) : Optional.empty();
  }

  private static float[] scores(LoadedVersion loaded, EvaluationRows rows, List<String> columns) {
    int[] sources = loaded.model().featureNames().stream().mapToInt(columns::indexOf).toArray();
    var scores = new float[rows.count()];
    var batch = new float[BATCH_ROWS * sources.length];
    for (int from = 0; from < scores.length; from += BATCH_ROWS) {
      int count = Math.min(BATCH_ROWS, scores.length - from);
      for (int row = 0; row < count; row++) {
        select(rows, from + row, sources, batch, row * sources.length);
      }
      System.arraycopy(loaded.model().scores(batch, count), 0, scores, from, count);
    }
    return scores;
  }

  /// A column that the rows lack is missing.
  private static void select(EvaluationRows rows, int row, int[] sources, float[] target, int at) {
    for (int i = 0; i < sources.length; i++) {
      target[at + i] =
          sources[i] < 0 ? Float.NaN : rows.features()[row * rows.width() + sources[i]];
    }
  }

  /// 99th percentile of scoring one row, after a warm-up; the best of three rounds, because what
  /// else the machine was doing is not the model's fault.
  private double latencyMillis(OnnxModel model, EvaluationRows rows) {
    for (int i = 0; i < WARM_UP_ROWS; i++) {
      model.score(row(rows, i));
    }
    return IntStream.range(0, ROUNDS)
        .mapToDouble(_ -> percentile99(model, rows))
        .min()
        .orElseThrow();
  }

  private double percentile99(OnnxModel model, EvaluationRows rows) {
    var nanos = new long[TIMED_ROWS];
    for (int i = 0; i < TIMED_ROWS; i++) {
      float[] row = row(rows, i);
      long start = nanoTime.getAsLong();
      model.score(row);
      nanos[i] = nanoTime.getAsLong() - start;
    }
    Arrays.sort(nanos);
    return nanos[TIMED_ROWS * 99 / 100 - 1] / 1e6;
  }

  private static float[] row(EvaluationRows rows, int i) {
    int from = i % rows.count() * rows.width();
    return Arrays.copyOfRange(rows.features(), from, from + rows.width());
  }
}
