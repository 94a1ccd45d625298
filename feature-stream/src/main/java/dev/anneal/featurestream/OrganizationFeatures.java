package dev.anneal.featurestream;

import dev.anneal.features.Acceptance;
import dev.anneal.schemas.RowCodec;
import dev.anneal.schemas.SchemaRegistry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The features of all models of one organization, for the assets of one partition: heap objects,
/// rebuilt from the [RowStore] at a start, after a rebalance and when a definition changes. For one
/// thread.
final class OrganizationFeatures {
  private record Stored(int slot, RowCodec.Row row) {}

  private final Organization organization;
  private final RowCodec codec;
  private final RowStore store;
  private final int historyRows;
  private final long historySeconds;
  private final List<ModelFeatures> models;
  private final Map<String, AssetSlots> slots = new HashMap<>();
  private long newestMicros = Long.MIN_VALUE;

  OrganizationFeatures(
      Organization organization, List<Model> models, SchemaRegistry registry, RowStore store) {
    this.organization = organization;
    this.codec = RowCodec.telemetry(organization.name(), organization.sensors(), registry);
    this.store = store;
    this.models =
        models.stream().map(model -> new ModelFeatures(organization, model, registry)).toList();
    this.historyRows =
        models.stream().mapToInt(m -> m.specification().historyRows()).max().orElse(2);
    this.historySeconds =
        models.stream().mapToLong(m -> m.specification().historySeconds()).max().orElse(0);
    rebuild();
  }

  private void rebuild() {
    var rows = new ArrayList<Stored>();
    store.forEach(organization.name(), (slot, bytes) -> rows.add(new Stored(slot, decode(bytes))));
    rows.sort(Comparator.comparingLong(stored -> stored.row().eventTimeMicros()));
    for (var stored : rows) {
      slots(stored.row())
          .restore(stored.row().eventTimeMicros(), stored.row().lsn(), stored.slot());
      hold(stored.row());
    }
  }

  /// @throws org.apache.kafka.common.errors.SerializationException when the bytes are not a row
  RowCodec.Row decode(byte[] bytes) {
    return Patience.retry(() -> codec.decode(bytes));
  }

  /// Adds a row to all models' features and to the store, when it is the asset's newest.
  ///
  /// @param bytes that the row was decoded from
  Acceptance add(RowCodec.Row row, byte[] bytes) {
    var assetSlots = slots(row);
    var acceptance =
        assetSlots.judge(row.eventTimeMicros(), row.lsn(), slot -> isInSlot(row, slot));
    if (acceptance == Acceptance.ACCEPTED) {
      int slot = assetSlots.take(row.eventTimeMicros(), row.lsn());
      store.put(organization.name(), row.asset(), slot, bytes);
      hold(row);
    }
    return acceptance;
  }

  /// Whether the slot has the same measurement, read from the source at whatever time.
  private boolean isInSlot(RowCodec.Row row, int slot) {
    byte[] bytes = store.get(organization.name(), row.asset(), slot);
    if (bytes == null) {
      return false;
    }
    var stored = decode(bytes);
    return stored.quality() == row.quality() && Arrays.equals(stored.values(), row.values());
  }

  /// Whether a late row need not be told: another of its asset and snapshot was, and both are older
  /// than all rows held.
  boolean isTold(RowCodec.Row late) {
    return slots(late).isTold(late.eventTimeMicros(), late.lsn());
  }

  private void hold(RowCodec.Row row) {
    newestMicros = Math.max(newestMicros, row.eventTimeMicros());
    models.forEach(model -> model.add(row));
  }

  private AssetSlots slots(RowCodec.Row row) {
    return slots.computeIfAbsent(row.asset(), _ -> new AssetSlots(historyRows, historySeconds));
  }

  List<ModelFeatures> models() {
    return models;
  }

  /// Newest event time of the partition's assets, [Long#MIN_VALUE] before any row.
  long newestMicros() {
    return newestMicros;
  }
}
