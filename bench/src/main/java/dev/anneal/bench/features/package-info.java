/// Feature streams in one interleaved run: Anneal's own process, hand-written loops, Kafka Streams
/// and Flink, on one broker, one input topic, one partition, each in a JVM of its own, one after
/// the other.
///
/// What a contestant reaches is seen from outside: how fast its output topic grows, and the CPU
/// time its process and the broker's take meanwhile.
@NullMarked
package dev.anneal.bench.features;

import org.jspecify.annotations.NullMarked;
