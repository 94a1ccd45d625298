package dev.anneal.featurestream;

import dev.anneal.features.Acceptance;
import dev.anneal.features.RowLimits;
import dev.anneal.policy.EventTime;
import dev.anneal.schemas.RowCodec;
import dev.anneal.schemas.RowView;
import dev.anneal.schemas.SchemaRegistry;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/// The features of all models of one organization, for the assets of one partition: heap objects,
/// whose content is a function of the partition's log. For one thread.
final class OrganizationFeatures {
  private final RowCodec codec;
  private final RowView row;
  private final List<ModelFeatures> models;
  private final RowLimits limits;
  private final Acceptance[] acceptances;
  private final AssetTable assets = new AssetTable();
  private long newestMicros = Long.MIN_VALUE;

  OrganizationFeatures(Organization organization, List<Model> models, SchemaRegistry registry) {
    this.codec = RowCodec.telemetry(organization.name(), organization.sensors(), registry);
    this.row = codec.view();
    this.models =
        models.stream().map(model -> new ModelFeatures(organization, model, registry)).toList();
    this.limits = limits(models);
    this.acceptances = new Acceptance[models.size()];
  }

  /// The organization's, which all its models carry; the default without any.
  static RowLimits limits(List<Model> models) {
    return models.isEmpty() ? RowLimits.DEFAULT : models.getFirst().specification().limits();
  }

  /// The row in these bytes, valid until the next is read.
  ///
  /// @throws org.apache.kafka.common.errors.SerializationException when the bytes are not a row
  RowView read(byte[] bytes) {
    Patience.retry(
        () -> {
          codec.read(bytes, row);
          return row;
        });
    return row;
  }

  /// Whether the event time of the row that was read last can be true.
  boolean isPlausible() {
    return limits.isPlausible(row.eventTimeMicros(), row.knownTimeMicros());
  }

  /// The asset of the row that was read last.
  Asset asset() {
    var known = assets.get(row.bytes(), row.assetStart(), row.assetEnd());
    if (known != null) {
      return known;
    }
    var asset =
        new Asset(Arrays.copyOfRange(row.bytes(), row.assetStart(), row.assetEnd()), models);
    assets.put(asset);
    return asset;
  }

  /// Adds the row that was read last to all models' features. Models with different sensors and
  /// windows may judge a row differently: what the most knowing says is returned.
  ///
  /// @param asset whose row it is
  Acceptance add(Asset asset, long offset) {
    var all = models.isEmpty() ? withoutModels(asset) : Acceptance.LATE;
    for (int i = 0; i < acceptances.length; i++) {
      acceptances[i] = models.get(i).add(asset.features[i], row);
      all = rank(acceptances[i]) < rank(all) ? acceptances[i] : all;
    }
    if (all.isAdded()) {
      asset.added(row.eventTimeMicros(), offset);
      newestMicros = Math.max(newestMicros, row.eventTimeMicros());
    }
    return all;
  }

  private Acceptance withoutModels(Asset asset) {
    long micros = row.eventTimeMicros();
    var places = asset.places();
    if (places.isEmpty() || micros > places.newestMicros()) {
      return Acceptance.ACCEPTED;
    }
    if (micros < places.newestMicros() - limits.graceSeconds() * EventTime.SECOND_MICROS
        || places.holds(micros)) {
      return Acceptance.DUPLICATE; // or late: there are no features that lack it
    }
    return Acceptance.PLACED;
  }

  private static int rank(Acceptance acceptance) {
    return switch (acceptance) {
      case ACCEPTED -> 0;
      case PLACED -> 1;
      case CORRECTION -> 2;
      case DUPLICATE -> 3;
      case LATE -> 4;
    };
  }

  /// Whether this model took the row that was added last.
  boolean isAdded(int model) {
    return acceptances[model].isAdded();
  }

  List<ModelFeatures> models() {
    return models;
  }

  void forEachAsset(Consumer<Asset> reader) {
    assets.forEach(reader);
  }

  /// Whether some asset's features would look at older rows, were they known.
  boolean lacksHistory() {
    var lacking = new boolean[1];
    assets.forEach(asset -> lacking[0] |= !asset.isWhole());
    return lacking[0];
  }

  /// Newest event time of the partition's assets, [Long#MIN_VALUE] before any row.
  long newestMicros() {
    return newestMicros;
  }
}
