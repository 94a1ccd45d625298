package dev.anneal.modelstore;

import java.nio.ByteBuffer;

/// Evaluation rows as releases wrote them that kept no scores.
public final class FormatOne {
  private static final int FORMAT_AT = Integer.BYTES;

  private FormatOne() {}

  public static byte[] of(EvaluationRows rows) {
    byte[] bytes = rows.toBytes();
    int scoreBytes = rows.count() * Float.BYTES;
    int after = rows.count() * (Integer.BYTES + Long.BYTES); // assets and times
    int before = bytes.length - after - scoreBytes;
    return ByteBuffer.allocate(before + after)
        .put(bytes, 0, before)
        .put(bytes, before + scoreBytes, after)
        .putInt(FORMAT_AT, 1)
        .array();
  }
}
