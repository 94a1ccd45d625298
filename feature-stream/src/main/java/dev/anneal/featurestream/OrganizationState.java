package dev.anneal.featurestream;

import dev.anneal.features.FeatureSpecification;
import dev.anneal.schemas.RowView;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.errors.SerializationException;

/// What a task holds of one organization's partition: features, counts, and where a replay would
/// begin. A function of the partition's log up to some record, the definitions and the deployments.
///
/// @param drift by the index of the model
record OrganizationState(
    Organization organization,
    OrganizationFeatures features,
    ProgressCounts progress,
    List<DriftCounts> drift,
    ReplayRange range) {

  /// What the features and their counts depend on: where it changes, they are made anew.
  record Shape(List<String> sensors, Map<String, OfModel> models) {
    /// @param farRanges from where on sensors' values are counted as far
    record OfModel(FeatureSpecification specification, double farRanges) {}

    static Shape of(Organization organization, List<Model> models) {
      var byKey = new TreeMap<String, OfModel>();
      models.forEach(
          model ->
              byKey.put(
                  model.key(),
                  new OfModel(model.specification(), model.rules().sensors().farRanges())));
      return new Shape(organization.sensors(), byKey);
    }
  }

  Shape shape() {
    return Shape.of(organization, features.models().stream().map(ModelFeatures::model).toList());
  }

  /// Takes in a row that was processed before. What could not be used then is passed over.
  void replay(long offset, byte[] bytes) {
    if (bytes == null) {
      return;
    }
    RowView row;
    try {
      row = features.read(bytes);
    } catch (SerializationException e) {
      return;
    }
    if (!features.isPlausible()) {
      return;
    }
    var asset = features.asset();
    switch (features.add(asset, offset)) {
      case ACCEPTED, PLACED -> count(asset, row, offset);
      case DUPLICATE, CORRECTION -> {}
      case LATE -> asset.isTold(row.eventTimeMicros(), row.lsn());
    }
  }

  private void count(Asset asset, RowView row, long offset) {
    progress.count(row.eventTimeMicros(), offset);
    for (int i = 0; i < drift.size(); i++) {
      if (drift.get(i).isDue(offset) && features.isAdded(i)) {
        float[] vector = features.models().get(i).compute(asset.features[i]);
        drift.get(i).count(vector, row.eventTimeMicros());
        drift
            .get(i)
            .count(
                features.models().get(i).values(),
                row.quality().isTrusted(),
                asset.sensors[i],
                row.eventTimeMicros());
      }
    }
  }

  /// Stores the counts, and now and then moves on where a replay begins.
  ///
  /// @param offset of the partition's next record
  void keep(long offset) {
    if (range.isDue(offset)) {
      range.move(offset, features);
      save(offset);
    }
  }

  /// @param offset of the partition's next record
  void save(long offset) {
    progress.save(offset);
    drift.forEach(counts -> counts.save(offset));
  }
}
