package dev.anneal.featurestream;

import dev.anneal.features.Acceptance;
import dev.anneal.features.AssetFeatures;
import dev.anneal.features.FeatureKernel;
import dev.anneal.schemas.RowCodec;
import dev.anneal.schemas.RowView;
import dev.anneal.schemas.SchemaRegistry;
import dev.anneal.schemas.Topics;

/// One model's features: from rows to vectors to feature rows, for any asset. For one thread.
final class ModelFeatures {
  private final Model model;
  private final String key;
  private final String topic;
  private final RowCodec codec;
  private final int[] sensors;
  private final FeatureKernel kernel;
  private final double[] values;
  private final float[] vector;

  ModelFeatures(Organization organization, Model model, SchemaRegistry registry) {
    this.model = model;
    this.key = model.key();
    this.topic = Topics.features(model.organization(), model.name()).name();
    var specification = model.specification();
    this.codec =
        RowCodec.features(model.organization(), model.name(), specification.names(), registry);
    this.sensors =
        specification.sensors().stream().mapToInt(organization.sensors()::indexOf).toArray();
    this.kernel = new FeatureKernel(specification);
    this.values = new double[sensors.length];
    this.vector = new float[specification.width()];
  }

  Model model() {
    return model;
  }

  /// Of the model's records.
  String key() {
    return key;
  }

  String topic() {
    return topic;
  }

  /// Features of one more asset.
  AssetFeatures newAsset() {
    return new AssetFeatures(kernel);
  }

  Acceptance add(AssetFeatures asset, RowView row) {
    double[] all = row.trustedValues();
    for (int i = 0; i < sensors.length; i++) {
      values[i] = all[sensors[i]];
    }
    return asset.add(row.eventTimeMicros(), row.lsn(), values);
  }

  /// How many sensors it reads.
  int width() {
    return sensors.length;
  }

  /// Its sensors' values in the row that was added last; NaN where not to be trusted.
  double[] values() {
    return values;
  }

  /// The features of the row that was added last, valid until the next call.
  float[] compute(AssetFeatures asset) {
    asset.computeInto(vector);
    return vector;
  }

  /// A feature row of [#compute]'s vector.
  byte[] encode(RowView row) {
    return Patience.retry(() -> codec.encode(row, vector));
  }
}
