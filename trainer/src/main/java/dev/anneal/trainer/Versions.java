package dev.anneal.trainer;

import dev.anneal.modelstore.Digests;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/// Names that derive from the request, of several that share a run from the one that was made last,
/// so that every attempt of it makes the same version.
final class Versions {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH-mm-ss-SSS'Z'").withZone(ZoneOffset.UTC);
  private static final int HASH_CHARACTERS = 8;

  private Versions() {}

  /// `v2024-01-15T10-30-00-000Z_a1b2c3d4`.
  static String of(String requestId, Instant requestedAt) {
    String hash =
        Digests.sha256(requestId.getBytes(StandardCharsets.UTF_8)).substring(0, HASH_CHARACTERS);
    return "v" + TIME.format(requestedAt) + "_" + hash;
  }
}
