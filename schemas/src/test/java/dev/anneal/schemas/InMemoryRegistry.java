package dev.anneal.schemas;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.avro.Schema;

/// A registry in this process, for the tests of every stage. Equal schemas share an id.
public final class InMemoryRegistry implements SchemaRegistry {
  private final List<Schema> schemas = new ArrayList<>();

  @Override
  public synchronized int register(String subject, Schema schema) {
    int known = schemas.indexOf(schema);
    if (known >= 0) {
      return known + 1;
    }
    schemas.add(schema);
    return schemas.size();
  }

  @Override
  public synchronized Schema byId(int id) {
    if (id < 1 || id > schemas.size()) {
      throw new SchemaRegistryException("unknown schema id " + id, false);
    }
    return schemas.get(id - 1);
  }

  /// Registries of other makers do not know such ids; this one makes them of the schema's text.
  @Override
  public synchronized Schema byGuid(UUID guid) {
    return schemas.stream()
        .filter(schema -> guid(schema).equals(guid))
        .findFirst()
        .orElseThrow(() -> new SchemaRegistryException("unknown schema guid " + guid, false));
  }

  static UUID guid(Schema schema) {
    return UUID.nameUUIDFromBytes(schema.toString().getBytes(StandardCharsets.UTF_8));
  }
}
