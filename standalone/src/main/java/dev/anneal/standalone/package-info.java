/// Everything in one JVM: Kafka, PostgreSQL and the schema registry of [dev.anneal.embedded] with
/// every stage beside them, and the command line. The stages are the same programs that run as
/// services of their own in production; here they only get their addresses handed to them.
///
/// In: the command line. Out: a running Anneal, its data under one directory. Promise: a stop loses
/// nothing; a start goes on where the stop was.
@NullMarked
package dev.anneal.standalone;

import org.jspecify.annotations.NullMarked;
