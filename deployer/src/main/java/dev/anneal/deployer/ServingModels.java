package dev.anneal.deployer;

import dev.anneal.schemas.ModelKey;
import dev.anneal.stage.FailPoint;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/// The versions that serve, one per model, and beside each the one that served before, so that
/// going back is only a swap. Readers never wait; one thread at a time changes a model.
///
/// Invariant: the version a reader [acquires][#acquire] is loaded and stays so until the reader
/// lets go of it. A version that cannot be loaded changes nothing.
final class ServingModels implements AutoCloseable {
  private record Slot(@Nullable LoadedVersion current, @Nullable LoadedVersion previous) {
    static final Slot EMPTY = new Slot(null, null);
  }

  private final VersionLoader loader;
  private final ConcurrentMap<ModelKey, Slot> slots = new ConcurrentHashMap<>();

  ServingModels(VersionLoader loader) {
    this.loader = loader;
  }

  /// The version that serves, held for the caller; empty: none.
  Optional<LoadedVersion> acquire(ModelKey key) {
    while (slot(key).current() instanceof LoadedVersion current) {
      if (current.retain()) {
        return Optional.of(current);
      }
      // swapped out and freed between the two reads: the slot holds another one by now
    }
    return Optional.empty();
  }

  boolean isServing(VersionRef version) {
    LoadedVersion current = slot(version.key()).current();
    return current != null && isSame(current, version);
  }

  /// Whether the version is loaded, so that making it serve takes no time.
  boolean isReady(VersionRef version) {
    LoadedVersion previous = slot(version.key()).previous();
    return isServing(version) || (previous != null && isSame(previous, version));
  }

  /// Makes the version serve; what served stays ready as the previous one.
  ///
  /// @throws UnusableVersionException when it cannot be loaded; all stays as it was
  synchronized void swapTo(VersionRef version) {
    Slot old = slot(version.key());
    if (isServing(version)) {
      return;
    }
    LoadedVersion previous = old.previous();
    boolean isReady = previous != null && isSame(previous, version);
    LoadedVersion next = isReady && previous != null ? previous : loader.load(version);
    FailPoint.DEPLOYER_VERSION_LOADED.hit();
    slots.put(version.key(), new Slot(next, old.current()));
    FailPoint.DEPLOYER_VERSION_SWAPPED.hit();
    if (!isReady && previous != null) {
      previous.close();
    }
  }

  /// Loads a version that may be rolled back to.
  ///
  /// @throws UnusableVersionException when it cannot be loaded
  synchronized void keepReady(VersionRef version) {
    Slot old = slot(version.key());
    if (isReady(version)) {
      return;
    }
    slots.put(version.key(), new Slot(old.current(), loader.load(version)));
    if (old.previous() != null) {
      old.previous().close();
    }
  }

  /// Nothing serves the model any more.
  synchronized void retire(ModelKey key) {
    Slot old = slots.remove(key);
    if (old != null) {
      free(old);
    }
  }

  @Override
  public synchronized void close() {
    List.copyOf(slots.keySet()).forEach(this::retire);
  }

  private static void free(Slot slot) {
    if (slot.current() != null) {
      slot.current().close();
    }
    if (slot.previous() != null) {
      slot.previous().close();
    }
  }

  private Slot slot(ModelKey key) {
    return slots.getOrDefault(key, Slot.EMPTY);
  }

  private static boolean isSame(LoadedVersion loaded, VersionRef version) {
    return loaded.version().version().equals(version.version())
        && loaded.version().sha256().equals(version.sha256());
  }
}
