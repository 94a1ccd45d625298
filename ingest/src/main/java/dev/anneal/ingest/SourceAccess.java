package dev.anneal.ingest;

import dev.anneal.stage.DeadLetters;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;

/// How the databases of definitions are reached, and where it is told that they cannot be.
final class SourceAccess {
  private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost");

  private final Passwords passwords;
  private final Map<Integer, Integer> movedPorts;
  private final DeadLetters deadLetters;

  /// @param movedPorts of servers on the loopback interface
  SourceAccess(Passwords passwords, Map<Integer, Integer> movedPorts, DeadLetters deadLetters) {
    this.passwords = passwords;
    this.movedPorts = movedPorts;
    this.deadLetters = deadLetters;
  }

  /// With the password of now.
  ///
  /// @throws CaptureException when the password is not where the definition says
  PostgresAddress address(ScadaSource source) {
    return new PostgresAddress(
        source.host(), port(source), source.database(), source.user(), passwords.of(source));
  }

  private int port(ScadaSource source) {
    return LOOPBACK.contains(source.host())
        ? movedPorts.getOrDefault(source.port(), source.port())
        : source.port();
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
