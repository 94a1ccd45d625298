package dev.anneal.featurestream;

import dev.anneal.drift.SensorMemory;
import dev.anneal.features.AssetFeatures;
import dev.anneal.features.RowLimits;
import dev.anneal.policy.EventTime;
import java.util.ArrayList;
import java.util.List;

/// One asset: its features of every model, and where in the log the rows are that they look at.
final class Asset {
  /// UTF-8.
  final byte[] name;

  /// By the index of the model.
  final AssetFeatures[] features;

  /// By the index of the model: what its sensors showed last.
  final SensorMemory[] sensors;

  /// Its rows that outlived the replay.
  final List<RowStore.Block> stored = new ArrayList<>();

  private final RowPlaces places = new RowPlaces(); // and of rows that no feature looks at now
  private boolean isWhole;
  private long toldLsn;
  private boolean isTold;

  Asset(byte[] name, List<ModelFeatures> models) {
    this.name = name;
    this.features = models.stream().map(ModelFeatures::newAsset).toArray(AssetFeatures[]::new);
    this.sensors =
        models.stream().map(model -> new SensorMemory(model.width())).toArray(SensorMemory[]::new);
  }

  /// Takes note of a row that was added to the features of some model.
  void added(long eventTimeMicros, long offset) {
    if (places.isFull()) {
      dropUnneeded();
    }
    places.add(eventTimeMicros, offset);
  }

  /// Where the rows are that its features look at.
  RowPlaces places() {
    dropUnneeded();
    return places;
  }

  private void dropUnneeded() {
    if (places.isEmpty()) {
      return;
    }
    long oldest = places.newestMicros();
    if (features.length == 0) {
      oldest -= RowLimits.DEFAULT.graceSeconds() * EventTime.SECOND_MICROS;
    }
    for (var ofModel : features) {
      oldest = ofModel.retainedRows() == 0 ? oldest : Math.min(oldest, ofModel.oldestMicros());
    }
    isWhole |= places.dropBefore(oldest);
  }

  /// Whether a row was dropped: no feature looks at what came before.
  boolean isWhole() {
    dropUnneeded();
    return isWhole;
  }

  /// Whether a late row is one more of a snapshot that had one older than all rows held: a source
  /// that is read again from its beginning has many of them.
  boolean isTold(long eventTimeMicros, long lsn) {
    if (!places().isEmpty() && eventTimeMicros >= places.oldestMicros()) {
      return false;
    }
    boolean told = isTold && toldLsn == lsn;
    toldLsn = lsn;
    isTold = true;
    return told;
  }
}
