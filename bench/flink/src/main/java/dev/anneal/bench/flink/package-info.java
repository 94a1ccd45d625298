/// Flink's jobs for `./anneal bench features`: in a JVM of their own, with Flink's own Kafka
/// client.
@NullMarked
package dev.anneal.bench.flink;

import org.jspecify.annotations.NullMarked;
