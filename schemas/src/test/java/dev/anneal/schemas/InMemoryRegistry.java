package dev.anneal.schemas;

import java.util.ArrayList;
import java.util.List;
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
}
