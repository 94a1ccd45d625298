package dev.anneal.ingest;

import dev.anneal.stage.DeadLetters;
import java.nio.charset.StandardCharsets;

/// How the databases of definitions are reached, and where it is told that they cannot be.
final class SourceAccess {
  private final SourceAddresses addresses;
  private final DeadLetters deadLetters;

  SourceAccess(SourceAddresses addresses, DeadLetters deadLetters) {
    this.addresses = addresses;
    this.deadLetters = deadLetters;
  }

  /// @throws CaptureException as [SourceAddresses#of]
  PostgresAddress address(String organization, ScadaSource source) {
    return addresses.of(organization, source);
  }

  Supervisor.FailureListener report(String organization, ScadaSource source) {
    return failure ->
        deadLetters.reject(
            organization,
            source.log(),
            organization,
            SourceJson.write(source).getBytes(StandardCharsets.UTF_8),
            failure.code().id(),
            String.valueOf(failure.getMessage()));
  }
}
