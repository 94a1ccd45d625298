package dev.anneal.ingest;

import dev.anneal.schemas.RowCodec;
import org.jspecify.annotations.Nullable;

/// What a source row turned out to be.
sealed interface Mapped {
  /// A measurement.
  ///
  /// @param unknownQuality what its quality column has and nobody knows; the row is uncertain then
  record Telemetry(RowCodec.Row row, @Nullable String unknownQuality) implements Mapped {}

  /// A failure of an asset.
  record Failure(String asset, long eventTimeMicros, long knownTimeMicros, long lsn)
      implements Mapped {}

  /// A row that was deleted in the source: telemetry and outcomes are append-only.
  record Deleted() implements Mapped {}

  /// Nothing that can be used.
  record Rejected(Code code, String reason) implements Mapped {}

  /// Why a row, a column or a definition was not used. Stable: codes of dead letters and tags of
  /// metrics.
  enum Code {
    NOT_A_NUMBER,
    INFINITE_VALUE,
    MISSING_ASSET,
    BAD_ASSET,
    MISSING_TIME,
    BAD_TIME,
    MISSING_COLUMN,
    UNMAPPED_COLUMN,
    UNKNOWN_QUALITY,
    ROW_DELETED,
    TABLE_TRUNCATED,
    BAD_DEFINITION,
    REFUSED_BY_BROKER;

    String id() {
      return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
  }
}
