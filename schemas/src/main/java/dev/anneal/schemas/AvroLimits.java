package dev.anneal.schemas;

import java.util.List;

/// Bounds for what damaged bytes may ask of Avro: a length of 1.5 GB takes five bytes to write.
/// Avro reads its limits once, when it decodes for the first time, so every class of this package
/// that leads to a decoder sets them.
final class AvroLimits {
  /// Longest text or bytes in an event, most items of a list.
  private static final int LONGEST = 16 << 20;

  private AvroLimits() {}

  /// Where the limits are not set yet.
  static void set() {
    for (String limit :
        List.of("string.maxLength", "bytes.maxLength", "collectionItems.maxLength")) {
      String property = "org.apache.avro.limits." + limit;
      System.setProperty(property, System.getProperty(property, Integer.toString(LONGEST)));
    }
  }
}
