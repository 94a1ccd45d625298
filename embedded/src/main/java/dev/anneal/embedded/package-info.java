/// The servers Anneal needs, on this machine and without Docker: Kafka in this JVM, PostgreSQL and
/// the schema registry as child processes, each with its data in a directory, so that a restart
/// goes on where it was. Standalone runs on them and so do the stages' tests.
@NullMarked
package dev.anneal.embedded;

import org.jspecify.annotations.NullMarked;
