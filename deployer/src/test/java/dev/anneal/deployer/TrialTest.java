package dev.anneal.deployer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.anneal.modelstore.EvaluationRows;
import dev.anneal.modelstore.FormatOne;
import dev.anneal.modelstore.GoldenRows;
import dev.anneal.modelstore.LocalArtifactStore;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrialTest {
  private static final long MAX_BYTES = 1 << 20;
  private static final GateLimits LIMITS = new GateLimits(.7, .7, .7, MAX_BYTES, 2);

  @TempDir private Path directory;
  private LocalArtifactStore store;
  private ServingModels serving;
  private Trial trial;

  @BeforeEach
  void open() {
    store = new LocalArtifactStore(directory);
    var loader = new VersionLoader(store);
    serving = new ServingModels(loader);
    var clock = new AtomicLong();
    trial = new Trial(loader, serving, () -> clock.getAndAdd(1_500_000)); // each call takes 1.5 ms
  }

  @Test
  void measuresWhatTheGateAsksFor() {
    var candidate = TinyModel.of("v2", 50, .9).storeIn(store);
    var champion = TinyModel.of("v1", 70, .9).storeIn(store);
    serving.swapTo(champion);

    var evidence = trial.measure(candidate, champion, MAX_BYTES);

    assertThat(evidence.rows().count()).isEqualTo(600);
    assertThat(evidence.latencyMillis()).isCloseTo(1.5, within(1e-9));
    assertThat(evidence.parityDelta()).isLessThan(1e-6);
    assertThat(evidence.sizeBytes()).isEqualTo(TinyModel.of("v2", 50, .9).onnx().length);
    assertThat(evidence.candidate().confusion(evidence.rows().labels()).accuracy())
        .isGreaterThan(.9);
    assertThat(new Gate(.05, Gate.Minimums.DEFAULT).judge(evidence, LIMITS).isAccepted()).isTrue();
  }

  @Test
  void onnxThatDiffersFromTheTrainedModelDoesNotPass() {
    var model = TinyModel.of("v1", 50, .9);
    var files = new TreeMap<>(model.files());
    files.put(GoldenRows.FILE, model.goldenRows(2e-5f).toBytes());

    var evidence = trial.measure(model.storeIn(store, files), null, MAX_BYTES);

    var verdict = new Gate(.05, Gate.Minimums.DEFAULT).judge(evidence, LIMITS);
    assertThat(verdict.checks())
        .filteredOn(c -> !c.passed())
        .extracting(GateCheck::name)
        .containsExactly("parity");
  }

  @Test
  void championThatReadsAColumnTheRowsLackFindsItMissing() {
    // Given a champion that reads the current first, which the definition and so the candidate's
    // rows no longer have, and that was trained on the older half of these
    var candidate = TinyModel.of("v2", 50, .9).storeIn(store);
    var older = new TinyModel(TinyModel.PUMP, "v1", 50, .9, List.of("current", "temperature"));
    long halfMicros = 300_000_000;
    var champion = store(older, earlier(older.evaluationRows(), halfMicros));

    // When
    var evidence = trial.measure(candidate, champion, MAX_BYTES);

    // Then its scores of the newer ones are those of a missing current
    var scores = Objects.requireNonNull(evidence.champion());
    for (int row = 0; row < scores.count(); row++) {
      boolean isNewer = evidence.rows().eventTimeMicros(row) >= halfMicros;
      assertThat(scores.isKnown(row)).isEqualTo(isNewer);
      assertThat(scores.score(row)).isCloseTo(isNewer ? .1f : Float.NaN, within(1e-6f));
    }
  }

  @Test
  void championWithoutKeptScoresIsComparedOnNewerRows() {
    // Given a champion of a release that kept no scores, trained on the older half of the rows
    var candidate = TinyModel.of("v2", 50, .9).storeIn(store);
    var model = TinyModel.of("v1", 70, .9);
    long halfMicros = 300_000_000;
    var files = new TreeMap<>(model.files());
    files.put(EvaluationRows.FILE, FormatOne.of(earlier(model.evaluationRows(), halfMicros)));

    // When
    var evidence = trial.measure(candidate, model.storeIn(store, files), MAX_BYTES);

    // Then
    var champion = Objects.requireNonNull(evidence.champion());
    for (int row = 0; row < champion.count(); row++) {
      assertThat(champion.isKnown(row))
          .isEqualTo(evidence.rows().eventTimeMicros(row) >= halfMicros);
    }
  }

  @Test
  void championWhoseRowsCannotBeReadStays() {
    var candidate = TinyModel.of("v2", 50, .9).storeIn(store);
    var model = TinyModel.of("v1", 70, .9);
    var files = new TreeMap<>(model.files());
    files.put(EvaluationRows.FILE, new byte[] {1});

    var evidence = trial.measure(candidate, model.storeIn(store, files), MAX_BYTES);

    assertThat(new Gate(.05, Gate.Minimums.DEFAULT).judge(evidence, LIMITS).checks())
        .filteredOn(c -> !c.passed())
        .extracting(GateCheck::name)
        .containsExactly("champion");
  }

  @Test
  void versionsAreJudgedByWhatTheySaidOfRowsBeforeTheyWereTrainedOnThem() {
    // Given a champion and a candidate that were trained on the same rows at last
    var kept = TinyModel.of("v0", 70, .8); // what both said before
    var champion = store(TinyModel.of("v1", 50, .9), kept.evaluationRows());
    var candidate = store(TinyModel.of("v2", 50, .9), kept.evaluationRows());

    // When
    var evidence = trial.measure(candidate, champion, MAX_BYTES);

    // Then
    float[] before = kept.evaluationRows().scores();
    var ofChampion = Objects.requireNonNull(evidence.champion());
    for (int row = 0; row < before.length; row++) {
      assertThat(evidence.candidate().score(row)).isEqualTo(before[row]);
      assertThat(ofChampion.score(row)).isEqualTo(before[row]);
      assertThat(evidence.served().score(row)).isNotEqualTo(before[row]);
    }
  }

  @Test
  void championThatCannotBeLoadedDoesNotKeepItsSuccessorOut() {
    var candidate = TinyModel.of("v2", 50, .9).storeIn(store);
    var gone =
        new VersionRef(
            TinyModel.PUMP,
            "v1",
            directory.resolve("acme/pump-failure/v1").toUri(),
            "00",
            TinyModel.FEATURES,
            TinyModel.NO_PROFILE);

    assertThat(trial.measure(candidate, gone, MAX_BYTES).champion()).isNull();
  }

  @Test
  void artifactThatCannotBeMeasuredIsUnusable() {
    var model = TinyModel.of("v1", 50, .9);
    var withoutRows = new TreeMap<>(model.files());
    withoutRows.remove(EvaluationRows.FILE);

    assertThatThrownBy(() -> trial.measure(model.storeIn(store, withoutRows), null, MAX_BYTES))
        .isInstanceOf(UnusableVersionException.class)
        .hasMessageContaining("evaluation_rows.bin");
    var old = TinyModel.of("v3", 50, .9);
    var withoutScores = new TreeMap<>(old.files());
    withoutScores.put(EvaluationRows.FILE, FormatOne.of(old.evaluationRows()));
    var unscored = old.storeIn(store, withoutScores);
    assertThatThrownBy(() -> trial.measure(unscored, null, MAX_BYTES))
        .isInstanceOf(UnusableVersionException.class)
        .hasMessageContaining("lack scores");
    var large = TinyModel.of("v2", 50, .9).storeIn(store);
    assertThatThrownBy(() -> trial.measure(large, null, 100))
        .isInstanceOf(UnusableVersionException.class)
        .hasMessageContaining("more than 100");
  }

  private static EvaluationRows earlier(EvaluationRows rows, long micros) {
    return new EvaluationRows(
        rows.width(),
        rows.features(),
        rows.labels(),
        rows.scores(),
        IntStream.range(0, rows.count()).mapToObj(rows::asset).toList(),
        IntStream.range(0, rows.count())
            .mapToLong(i -> rows.eventTimeMicros(i) - micros)
            .toArray());
  }

  private VersionRef store(TinyModel model, EvaluationRows rows) {
    var files = new TreeMap<>(model.files());
    files.put(EvaluationRows.FILE, rows.toBytes());
    return model.storeIn(store, files);
  }
}
