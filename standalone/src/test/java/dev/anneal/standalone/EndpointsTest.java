package dev.anneal.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.standalone.Endpoints.ServerPorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EndpointsTest {
  @TempDir private Path directory;

  @Test
  void definitionsKeepTheFirstPortOfPostgresWhereverItMoves() throws IOException {
    // Given a directory whose PostgreSQL has moved twice
    var first = Endpoints.of(new ServerPorts(1, 2, 3, 4, 5442), Optional.empty());
    var second = Endpoints.of(new ServerPorts(1, 2, 3, 4, 40_001), Optional.of(first));
    Endpoints.of(new ServerPorts(1, 2, 3, 4, 40_002), Optional.of(second)).save(directory);

    // When
    var last = Endpoints.last(directory).orElseThrow();

    // Then
    assertThat(last.postgresPort()).isEqualTo(40_002);
    assertThat(last.postgresPortInDefinitions()).isEqualTo(5442);
    assertThat(last.movedPorts()).isEqualTo(Map.of(5442, 40_002, 40_001, 40_002));
    assertThat(Endpoints.of(new ServerPorts(1, 2, 3, 4, 5442), Optional.of(last)).movedPorts())
        .isEqualTo(Map.of(40_001, 5442, 40_002, 5442));
  }

  @Test
  void readsTheFileOfTheFirstRelease() throws IOException {
    Files.writeString(
        directory.resolve("endpoints.properties"),
        """
        bootstrap.servers=127.0.0.1\\:9092
        registry=http\\://127.0.0.1\\:8081/apis/ccompat/v7
        control=http\\://127.0.0.1\\:8080
        deployer=http\\://127.0.0.1\\:8082
        postgres.port=5442
        """);

    assertThat(Endpoints.load(directory))
        .isEqualTo(Endpoints.of(new ServerPorts(9092, 8081, 8080, 8082, 5442), Optional.empty()));
  }

  @Test
  void namesWhatIsNotWhereItUsuallyIs() {
    assertThat(Endpoints.of(Endpoints.USUAL, Optional.empty()).unusual()).isEmpty();
    assertThat(
            Endpoints.of(new ServerPorts(9092, 8081, 40_001, 8082, 5442), Optional.empty())
                .unusual())
        .containsExactly("control is on port 40001, not on 8080");
  }
}
