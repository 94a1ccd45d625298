package dev.anneal.ingest;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Supervised removals, by engine: they go on until the source could be reached. Used by one
/// thread.
final class Removals {
  private static final Logger LOG = LoggerFactory.getLogger(Removals.class);

  private final Capture.Context context;
  private final SourceAccess access;
  private final Map<String, Supervisor> removals = new HashMap<>();

  Removals(Capture.Context context, SourceAccess access) {
    this.context = context;
    this.access = access;
  }

  void begin(String engine, String organization, ScadaSource source) {
    if (removals.containsKey(engine)) {
      return;
    }
    String slot = CapturePlan.slot(organization);
    LOG.info("dropping slot {} of {}", slot, source.log());
    var removal =
        context.supervisor(
            "removal-" + organization,
            () -> new Removal(context.ledger(), engine, slot, access.address(organization, source)),
            access.report(organization, source));
    removals.put(engine, removal.start());
  }

  /// The source is wanted again.
  void cancel(String engine) throws InterruptedException {
    @Nullable Supervisor removal = removals.remove(engine);
    if (removal != null) {
      removal.stop();
    }
  }

  Collection<Supervisor> all() {
    return List.copyOf(removals.values());
  }
}
