package dev.anneal.ingest;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The definitions that are on `anneal.models`, as far as read. Safe for use by many threads.
final class PublishedDefinitions {
  /// Gets every change of an organization, in order.
  interface Listener {
    /// @param organization null: it is gone
    void changed(String name, @Nullable Organization organization);
  }

  private final Set<String> keys = new HashSet<>();
  private final Map<String, Organization> organizations = new HashMap<>();
  private Listener listener = (_, _) -> {};

  synchronized void modelSeen(String key, boolean present) {
    note(key, present);
  }

  /// @param organization null: it is gone
  synchronized void organizationSeen(String name, @Nullable Organization organization) {
    note(name, organization != null);
    if (organization == null) {
      organizations.remove(name);
    } else {
      organizations.put(name, organization);
    }
    listener.changed(name, organization);
  }

  private void note(String key, boolean present) {
    if (present) {
      keys.add(key);
    } else {
      keys.remove(key);
    }
  }

  /// Keys of organizations and models.
  synchronized Set<String> keys() {
    return Set.copyOf(keys);
  }

  /// @return the organizations there are; what changes after them goes to the listener
  synchronized Map<String, Organization> follow(Listener next) {
    listener = next;
    return Map.copyOf(organizations);
  }
}
