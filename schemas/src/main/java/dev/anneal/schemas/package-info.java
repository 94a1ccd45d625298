/// What every stage and every outside client shares: the Avro events (`dev.anneal.events`,
/// generated), the [topic catalogue][dev.anneal.schemas.Topics], Confluent's wire format over a
/// [schema registry][dev.anneal.schemas.SchemaRegistry], and the
/// [codec][dev.anneal.schemas.RowCodec] of telemetry and feature rows, whose schemas are built per
/// organization and model.
@NullMarked
package dev.anneal.schemas;

import org.jspecify.annotations.NullMarked;
