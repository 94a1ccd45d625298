package dev.anneal.deployer;

/// How far the rows of one partition have come.
///
/// @param organization whose rows they are
/// @param partition topic and number, `anneal.telemetry.acme-0`
/// @param position first row that waits
/// @param end of the rows that there are
record PartitionProgress(String organization, String partition, long position, long end) {
  long waiting() {
    return Math.max(0, end - position);
  }
}
