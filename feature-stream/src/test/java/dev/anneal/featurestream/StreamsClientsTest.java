package dev.anneal.featurestream;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StreamsClientsTest {
  @TempDir private Path directory;

  @Test
  void idsAreTheSameAfterARestart() {
    String first;
    try (var before = of(null)) {
      first = before.transactionalId("app-1-2");
    }

    try (var after = of(null)) {
      assertThat(after.transactionalId("app-9-2")).isEqualTo(first).endsWith("-2");
      assertThat(after.transactionalId("app-9-3")).isNotEqualTo(first).endsWith("-3");
    }
  }

  @Test
  void ofTwoInOneDirectoryTheSecondKeepsItsOwn() {
    try (var one = of(null);
        var two = of(null)) {
      assertThat(one.transactionalId("app-1-1")).isNotEqualTo("app-1-1");
      assertThat(two.transactionalId("app-2-1")).isEqualTo("app-2-1");
    }
  }

  @Test
  void anInstanceIdNeedsNoFile() {
    try (var one = of("node-1")) {
      assertThat(one.transactionalId("app-1-1")).isEqualTo("anneal-feature-stream-node-1-1");
      assertThat(directory).isEmptyDirectory();
    }
  }

  private StreamsClients of(@Nullable String instanceId) {
    return new StreamsClients(
        new FeatureStreamSettings(
            FeatureStreamSettings.Guarantee.EXACTLY_ONCE,
            null,
            1,
            instanceId,
            directory.resolve("."),
            Duration.ZERO,
            Duration.ofDays(7)));
  }
}
