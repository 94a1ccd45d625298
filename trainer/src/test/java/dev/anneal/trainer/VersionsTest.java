package dev.anneal.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class VersionsTest {
  @Test
  void namesAVersionAfterTheRequest() {
    var at = Instant.parse("2024-01-15T10:30:00.000123Z");
    assertThat(Versions.of("request-1", at)).matches("v2024-01-15T10-30-00-000Z_[0-9a-f]{8}");
    assertThat(Versions.of("request-1", at)).isEqualTo(Versions.of("request-1", at));
    assertThat(Versions.of("request-2", at)).isNotEqualTo(Versions.of("request-1", at));
  }
}
