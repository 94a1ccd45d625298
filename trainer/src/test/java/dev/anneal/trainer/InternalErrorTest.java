package dev.anneal.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.modelstore.Artifact;
import dev.anneal.modelstore.ArtifactKey;
import dev.anneal.modelstore.ArtifactStore;
import dev.anneal.schemas.ModelKey;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class InternalErrorTest {
  /// A store with a fault nobody thought of.
  private static final class FaultyStore implements ArtifactStore {
    @Override
    public Stored write(ArtifactKey key, Map<String, byte[]> files) {
      throw new IllegalStateException("a fault");
    }

    @Override
    public Optional<Stored> find(ArtifactKey key) {
      throw new IllegalStateException("a fault");
    }

    @Override
    public Artifact open(URI uri, String manifestSha256) {
      throw new IllegalStateException("a fault");
    }
  }

  @Test
  @SuppressWarnings("NullAway") // neither reader nor process nor settings are reached
  void anUnexpectedErrorIsAFailedAttemptThatSaysWhatItWas() {
    // Given
    var request =
        new Request(
            "r-1",
            new ModelKey("acme", "pump-failure"),
            "MANUAL",
            "",
            "",
            Instant.EPOCH,
            null,
            null,
            Map.of(),
            null,
            null);
    var run = new Run("run-1", request, "v1", Run.State.RUNNING, 0, 0, 0, null, "");
    var watch =
        new Watch(() -> Attempts.Control.GO_ON, () -> false, Duration.ofHours(1), System::nanoTime);
    // When
    var end =
        new Training(null, null, new FaultyStore(), null, null)
            .run(run, 1, Optional.empty(), watch, (_, _, _) -> {});
    // Then
    assertThat(end)
        .isEqualTo(
            new Attempted.Failed("internal-error", "java.lang.IllegalStateException: a fault"));
  }
}
