package dev.anneal.ingest;

import dev.anneal.schemas.SourceRules;
import java.util.Map;
import java.util.Set;

/// The databases of definitions. A definition is checked here again, since it may have been stored
/// before there was a rule, or written by another than control.
final class SourceAddresses {
  private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost");

  private final SourceSettings settings;
  private final Map<Integer, Integer> movedPorts;
  private final Passwords passwords;

  /// @param movedPorts of servers on the loopback interface
  SourceAddresses(SourceSettings settings, Map<Integer, Integer> movedPorts, Passwords passwords) {
    this.settings = settings;
    this.movedPorts = movedPorts;
    this.passwords = passwords;
  }

  /// With the password of now.
  ///
  /// @throws CaptureException when the definition names what it may not, or the password is not
  ///     where it says
  PostgresAddress of(String organization, ScadaSource source) {
    if (!SourceRules.isHost(source.host())) {
      throw CaptureException.forbidden(organization, "host", SourceRules.HOST);
    }
    if (!SourceRules.isDatabase(source.database())) {
      throw CaptureException.forbidden(organization, "database", SourceRules.DATABASE);
    }
    if (!settings.allows(source.host())) {
      throw CaptureException.forbidden(
          organization,
          "host",
          "must be one of ingest's setting anneal.ingest.sources.allowed-hosts, was "
              + source.host());
    }
    return new PostgresAddress(
        source.host(),
        port(source),
        source.database(),
        source.user(),
        passwords.of(organization, source),
        settings.driverParameters());
  }

  private int port(ScadaSource source) {
    return LOOPBACK.contains(source.host())
        ? movedPorts.getOrDefault(source.port(), source.port())
        : source.port();
  }
}
