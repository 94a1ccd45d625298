package dev.anneal.trainer;

import dev.anneal.features.AssetFeatures;
import dev.anneal.features.FeatureKernel;
import dev.anneal.features.FeatureSpecification;
import dev.anneal.features.RowLimits;
import dev.anneal.schemas.RowCodec;
import dev.anneal.trainer.xgboost.DatasetWriter;
import dev.anneal.trainer.xgboost.PassedOver;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongPredicate;

/// Telemetry, in the order of the log, to the rows of a dataset: their features are the stream's,
/// computed by the same code from the same rows. For one thread.
final class DatasetRows {
  private final LongPredicate range;
  private final FeatureKernel kernel;
  private final RowLimits limits;
  private final KnownOutcomes outcomes;
  private final DatasetWriter writer;
  private final Map<String, AssetFeatures> assets = new HashMap<>();
  private final float[] vector;
  private long newestMicros = Long.MIN_VALUE;
  private long asOfMicros;
  private long badEventTime;
  private long late;
  private long duplicate;
  private long untrusted;
  private long outsideRange;

  /// @param range which event times get into the dataset
  /// @param outcomes all of them
  DatasetRows(
      FeatureSpecification features,
      LongPredicate range,
      KnownOutcomes outcomes,
      DatasetWriter writer) {
    this.range = range;
    this.kernel = new FeatureKernel(features);
    this.limits = features.limits();
    this.outcomes = outcomes;
    this.writer = writer;
    this.vector = new float[features.width()];
  }

  void add(RowCodec.Row row) throws IOException {
    if (!limits.isPlausible(row.eventTimeMicros(), row.knownTimeMicros())) {
      badEventTime++; // the stream tells
      return;
    }
    var asset = assets.computeIfAbsent(row.asset(), _ -> new AssetFeatures(kernel));
    asOfMicros = Math.max(asOfMicros, row.knownTimeMicros());
    switch (asset.add(row.eventTimeMicros(), row.lsn(), row.trustedValues())) {
      case LATE, CORRECTION -> late++;
      case DUPLICATE -> duplicate++;
      case ACCEPTED, PLACED -> accept(asset, row);
    }
  }

  private void accept(AssetFeatures asset, RowCodec.Row row) throws IOException {
    long time = row.eventTimeMicros();
    untrusted += row.quality().isTrusted() ? 0 : 1;
    if (time > newestMicros && outcomes.isFollowed(time, row.knownTimeMicros())) {
      newestMicros = time;
    }
    if (!range.test(time)) {
      outsideRange++;
      return;
    }
    asset.computeInto(vector);
    writer.add(row.asset(), time, vector);
  }

  /// Event time of the newest row all outcomes before which are known; [Long#MIN_VALUE] without
  /// any.
  long newestMicros() {
    return newestMicros;
  }

  /// Largest known time of the rows, 0 without any.
  long asOfMicros() {
    return asOfMicros;
  }

  /// @param records that the rows and outcomes were read from
  PassedOver passedOver(CutRecords records) {
    return new PassedOver(
        records.unreadable(),
        records.withoutValue(),
        badEventTime,
        outcomes.badEventTime(),
        late,
        duplicate,
        untrusted,
        outsideRange,
        writer.leftOut());
  }
}
