/// Rows of SCADA databases, and definitions of the app database, into Kafka through Debezium.
///
/// In: the tables of each organization's SCADA database; `control.organization` and `control.model`
/// of the app database; `anneal.models`, which says what organizations there are; `anneal.alerts`,
/// which says what people have been told.
///
/// Out: `anneal.telemetry.<org>`, `anneal.outcomes.<org>`, `anneal.models`, `anneal.alerts` for
/// captures that do not run, and `anneal.deadletters.ingest` for what could not be used.
///
/// Promise: a committed source change is delivered at least once, whatever is killed: the place in
/// the source's log moves on only after Kafka has acknowledged. What comes twice has the same
/// asset, event time and LSN. Topics of an organization or model exist before its definition is
/// published. A replication slot is dropped only with its organization's definition, or when
/// PostgreSQL has given it up itself.
@NullMarked
package dev.anneal.ingest;

import org.jspecify.annotations.NullMarked;
