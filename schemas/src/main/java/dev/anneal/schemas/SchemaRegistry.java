package dev.anneal.schemas;

import java.util.UUID;
import org.apache.avro.Schema;

/// A registry of Avro schemas with Confluent's semantics: an id names a schema for ever.
public interface SchemaRegistry {
  /// Registers the schema under the subject, or finds it there.
  ///
  /// @return the schema's id
  /// @throws SchemaRegistryException when the registry cannot be reached or refuses the schema
  ///     (409: incompatible)
  int register(String subject, Schema schema);

  /// @throws SchemaRegistryException when the registry cannot be reached or does not know the id
  Schema byId(int id);

  /// The schema that Confluent's newest serializers name by a globally unique id.
  ///
  /// @throws SchemaRegistryException when the registry cannot be reached or does not know the id
  Schema byGuid(UUID guid);

  /// Asks whether it answers.
  ///
  /// @throws SchemaRegistryException when it does not
  default void ping() {}
}
