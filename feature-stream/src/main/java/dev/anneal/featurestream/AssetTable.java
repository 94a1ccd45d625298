package dev.anneal.featurestream;

import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Assets by name, found by its bytes where they lie, without making a string: open addressing with
/// linear probing, at most half full.
final class AssetTable {
  private @Nullable Asset[] slots = new @Nullable Asset[1 << 8];
  private int size;

  @Nullable Asset get(byte[] bytes, int from, int to) {
    return slots[slot(bytes, from, to)];
  }

  void put(Asset asset) {
    if (++size > slots.length / 2) {
      var before = slots;
      slots = new @Nullable Asset[before.length * 2];
      for (var each : before) {
        if (each != null) {
          slots[slot(each.name, 0, each.name.length)] = each;
        }
      }
    }
    slots[slot(asset.name, 0, asset.name.length)] = asset;
  }

  private int slot(byte[] bytes, int from, int to) {
    int hash = 1;
    for (int i = from; i < to; i++) {
      hash = 31 * hash + bytes[i];
    }
    int slot = (hash ^ (hash >>> 16)) & (slots.length - 1);
    for (; ; slot = (slot + 1) & (slots.length - 1)) {
      var asset = slots[slot];
      if (asset == null || Arrays.equals(asset.name, 0, asset.name.length, bytes, from, to)) {
        return slot;
      }
    }
  }

  void forEach(Consumer<Asset> reader) {
    for (var asset : slots) {
      if (asset != null) {
        reader.accept(asset);
      }
    }
  }
}
