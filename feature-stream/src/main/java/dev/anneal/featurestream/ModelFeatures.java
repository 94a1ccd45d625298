package dev.anneal.featurestream;

import dev.anneal.features.AssetFeatures;
import dev.anneal.features.FeatureKernel;
import dev.anneal.schemas.RowCodec;
import dev.anneal.schemas.SchemaRegistry;
import dev.anneal.schemas.Topics;
import java.util.HashMap;
import java.util.Map;

/// One model's features of the assets of one partition. For one thread.
final class ModelFeatures {
  private final Model model;
  private final String topic;
  private final RowCodec codec;
  private final int[] sensors;
  private final FeatureKernel kernel;
  private final Map<String, AssetFeatures> assets = new HashMap<>();
  private final float[] vector;
  private final double[] wide;

  ModelFeatures(Organization organization, Model model, SchemaRegistry registry) {
    this.model = model;
    this.topic = Topics.features(model.organization(), model.name()).name();
    var specification = model.specification();
    this.codec =
        RowCodec.features(model.organization(), model.name(), specification.names(), registry);
    this.sensors =
        specification.sensors().stream().mapToInt(organization.sensors()::indexOf).toArray();
    this.kernel = new FeatureKernel(specification);
    this.vector = new float[specification.width()];
    this.wide = new double[specification.width()];
  }

  Model model() {
    return model;
  }

  String topic() {
    return topic;
  }

  void add(RowCodec.Row row) {
    double[] all = row.trustedValues();
    var values = new double[sensors.length];
    for (int i = 0; i < sensors.length; i++) {
      values[i] = all[sensors[i]];
    }
    assets
        .computeIfAbsent(row.asset(), _ -> new AssetFeatures(kernel))
        .add(row.eventTimeMicros(), row.lsn(), values);
  }

  /// The features of the row that was added last, valid until the next call.
  @SuppressWarnings("NullAway") // the row was added
  float[] compute(RowCodec.Row row) {
    assets.get(row.asset()).computeInto(vector);
    return vector;
  }

  /// A feature row of [#compute]'s vector.
  byte[] encode(RowCodec.Row row) {
    for (int i = 0; i < wide.length; i++) {
      wide[i] = vector[i];
    }
    var features =
        new RowCodec.Row(
            row.asset(),
            row.eventTimeMicros(),
            row.knownTimeMicros(),
            row.lsn(),
            row.quality(),
            wide);
    return Patience.retry(() -> codec.encode(features));
  }
}
