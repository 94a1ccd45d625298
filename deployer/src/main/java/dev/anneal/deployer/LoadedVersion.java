package dev.anneal.deployer;

import dev.anneal.modelstore.ModelCard;
import dev.anneal.modelstore.OnnxModel;
import java.util.concurrent.atomic.AtomicInteger;

/// A version that is ready to score. Whoever found it [retains][#retain] it for the time of a
/// request and lets go of it with [#close]; the last one to let go frees the model.
final class LoadedVersion implements AutoCloseable {
  private final VersionRef version;
  private final OnnxModel model;
  private final ModelCard card;
  private final AtomicInteger holders = new AtomicInteger(1);

  /// Held by the caller.
  LoadedVersion(VersionRef version, OnnxModel model, ModelCard card) {
    this.version = version;
    this.model = model;
    this.card = card;
  }

  VersionRef version() {
    return version;
  }

  OnnxModel model() {
    return model;
  }

  ModelCard card() {
    return card;
  }

  int label(double score) {
    return score >= card.threshold() ? 1 : 0;
  }

  /// @return false: the last holder has let go, look again for the one that serves now
  boolean retain() {
    return holders.getAndUpdate(n -> n == 0 ? 0 : n + 1) > 0;
  }

  /// Lets go, once per holder.
  @Override
  public void close() {
    if (holders.decrementAndGet() == 0) {
      model.close();
    }
  }

  boolean isFreed() {
    return holders.get() == 0;
  }
}
