package dev.anneal.featurestream;

import dev.anneal.schemas.SchemaRegistry;
import org.apache.kafka.streams.processor.api.ProcessingContext;

/// What every processor of an instance looks up: definitions, deployments, schemas.
record ModelTables(SharedTable definitions, SharedTable deployments, SchemaRegistry registry) {
  /// A task's view, which passes over bad definitions: the features' tasks reject them.
  Definitions in(ProcessingContext context) {
    return in(context, (_, _, _, _, _) -> {});
  }

  /// A task's view, which tells of bad definitions.
  Definitions in(ProcessingContext context, Definitions.Rejections rejections) {
    return new Definitions(context, definitions, deployments, registry, rejections);
  }
}
