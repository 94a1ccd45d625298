package dev.anneal.ingest;

import dev.anneal.stage.DeadLetters;
import java.nio.charset.StandardCharsets;

/// How the databases of definitions are reached, and where it is told that they cannot be.
final class SourceAccess {
  private final Passwords passwords;
  private final DeadLetters deadLetters;

  SourceAccess(Passwords passwords, DeadLetters deadLetters) {
    this.passwords = passwords;
    this.deadLetters = deadLetters;
  }

  /// With the password of now.
  ///
  /// @throws CaptureException when the password is not where the definition says
  PostgresAddress address(ScadaSource source) {
    return new PostgresAddress(
        source.host(), source.port(), source.database(), source.user(), passwords.of(source));
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
