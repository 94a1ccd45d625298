package dev.anneal.features;

/// Where the panes of a window begin: decided by a row's event time and that of the row before, so
/// that a replay which begins anywhere cuts them at the same rows. A window has about 16 to 32.
sealed interface PaneRule {
  boolean begins(long time, long before);

  static PaneRule of(Window window) {
    return switch (window) {
      case Window.Time(long seconds, _) ->
          new Anchored(Math.max(0, log2(seconds * 1_000_000) - PANES_LOG2));
      case Window.Rows(int rows) -> new Hashed(Math.max(1, log2(rows) - PANES_LOG2));
    };
  }

  /// Each pane of a window costs one join when the window leaves one of them behind, each row of a
  /// pane room for a sum.
  int PANES_LOG2 = 4;

  private static int log2(long value) {
    return 63 - Long.numberOfLeadingZeros(value);
  }

  /// Of a window by time: at anchors of absolute time, whatever the sampling.
  ///
  /// @param log2Micros the distance of anchors
  record Anchored(int log2Micros) implements PaneRule {
    @Override
    public boolean begins(long time, long before) {
      return time >> log2Micros != before >> log2Micros;
    }
  }

  /// Of a window by rows, as their distance in time is not known: at rows whose time's hash says
  /// so.
  ///
  /// @param log2Rows rows of a pane on average
  record Hashed(int log2Rows) implements PaneRule {
    @Override
    public boolean begins(long time, long before) {
      long mixed = (time ^ (time >>> 32)) * 0x9E3779B97F4A7C15L; // Stafford's mixer, shortened
      mixed = (mixed ^ (mixed >>> 29)) * 0xBF58476D1CE4E5B9L;
      return mixed >>> (Long.SIZE - log2Rows) == 0;
    }
  }
}
