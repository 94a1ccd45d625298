/// The demonstration: two simulated plants of different shape (or NASA's turbofan engines), written
/// row by row into SCADA databases, and the story that follows from it, told and counted from
/// Kafka.
@NullMarked
package dev.anneal.standalone.demo;

import org.jspecify.annotations.NullMarked;
