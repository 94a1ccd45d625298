package dev.anneal.ingest;

import java.sql.SQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Drops the slot and the publication of a source that no definition names any more, then forgets
/// it.
final class Removal implements Supervisor.Attempt {
  private static final Logger LOG = LoggerFactory.getLogger(Removal.class);

  private final CaptureLedger ledger;
  private final String engine;
  private final String slot;
  private final PostgresAddress address;

  Removal(CaptureLedger ledger, String engine, String slot, PostgresAddress address) {
    this.ledger = ledger;
    this.engine = engine;
    this.slot = slot;
    this.address = address;
  }

  @Override
  public void run(Runnable running) throws SQLException {
    try (var database = SourceDatabase.open(address)) {
      database.dropSlot(slot);
      dropPublication(database);
    }
    ledger.forget(engine);
    LOG.info("slot {} of {} is dropped", slot, address);
  }

  /// An administrator's publication is the administrator's to drop.
  private void dropPublication(SourceDatabase database) throws SQLException {
    var publication = database.publication(slot, "");
    if (publication.isOwned()) {
      publication.drop();
    } else {
      LOG.info("publication {} of {} is of another role and stays", slot, address);
    }
  }

  @Override
  public void close() {}
}
