package dev.anneal.control.monitor;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// The open troubles of all organizations, as the alerts topic tells them.
public final class Troubles {
  private final Map<String, Trouble> open = new ConcurrentHashMap<>();

  public void raised(Trouble trouble) {
    open.put(trouble.alertId(), trouble);
  }

  public void resolved(String alertId) {
    open.remove(alertId);
  }

  /// Those of the stages themselves, the oldest first.
  public List<Trouble> ofStages() {
    return open.values().stream()
        .filter(t -> t.organization().isEmpty())
        .sorted(Comparator.comparing(Trouble::since))
        .toList();
  }

  /// The newest.
  public Optional<Trouble> of(String organization) {
    return open.values().stream()
        .filter(t -> t.organization().equals(organization))
        .max(Comparator.comparing(Trouble::since));
  }
}
