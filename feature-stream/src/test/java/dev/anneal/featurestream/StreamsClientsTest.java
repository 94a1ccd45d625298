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
  void whatStartsInPlaceOfAKilledInstanceTakesItsIdAndNotThatOfAnother() {
    // Given two in one directory
    var first = of(null);
    try (var second = of(null)) {
      String left = first.transactionalId("app-1-1");
      String kept = second.transactionalId("app-2-1");
      // When
      first.close();
      // Then
      try (var third = of(null)) {
        assertThat(third.transactionalId("app-3-1")).isEqualTo(left).isNotEqualTo(kept);
        assertThat(kept).isNotEqualTo("app-2-1");
      }
    }
  }

  @Test
  void anInstanceIdNeedsNoFile() {
    try (var one = of("node-1")) {
      assertThat(one.transactionalId("app-1-1")).isEqualTo("anneal-feature-stream-node-1-1");
      assertThat(directory).isEmptyDirectory();
    }
  }

  @Test
  void aThreadIsAMemberOfTheGroupUnderTheSameName() {
    try (var file = of(null);
        var named = of("node-1")) {
      String id = file.transactionalId("app-1-2").replace("anneal-feature-stream-", "");
      assertThat(file.instanceId("app-1-StreamThread-2-consumer")).isEqualTo(id);
      assertThat(named.instanceId("app-1-StreamThread-2-consumer")).isEqualTo("node-1-2");
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
