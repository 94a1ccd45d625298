package dev.anneal.bench.features;

/// What one run of a contestant reached.
///
/// @param rowsPerSecond client and broker together
/// @param clientMicros CPU time a row of the contestant's process
/// @param brokerMicros CPU time a row of the broker's process
record Speed(double rowsPerSecond, double clientMicros, double brokerMicros) {

  /// The two ends of what is measured.
  record Moment(long nanos, long rows, double clientCpuMicros, double brokerCpuMicros) {
    Speed until(Moment end) {
      double rows = end.rows - this.rows;
      return new Speed(
          rows / ((end.nanos - nanos) / 1e9),
          (end.clientCpuMicros - clientCpuMicros) / rows,
          (end.brokerCpuMicros - brokerCpuMicros) / rows);
    }
  }
}
