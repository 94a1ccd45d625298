package dev.anneal.featurestream;

import dev.anneal.schemas.SchemaRegistry;
import org.apache.kafka.streams.processor.api.ProcessingContext;

/// What every processor of an instance looks up: definitions, deployments, schemas.
record ModelTables(SharedTable definitions, SharedTable deployments, SchemaRegistry registry) {
  /// A task's view, which passes over bad definitions: the features' tasks reject them.
  Definitions in(ProcessingContext context) {
    return new Definitions(context, definitions, deployments, registry, (_, _, _, _, _) -> {});
  }
}
