package dev.anneal.ingest;

import dev.anneal.stage.AllowedHosts;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// What ingest lets a definition reach: the operator's word, where the definition is its author's.
///
/// @param secretsDirectory `passwordFile: scada` of `acme` is the file `acme/scada` in it
/// @param allowedHosts names a definition may give as its host, `*.plants.example.com` for all
///     below one; empty: any
/// @param sslMode of every source, as PostgreSQL's `sslmode`. A password goes in clear text only
///     where it is `require` or stricter
/// @param sslRootCertificate PEM file of the authorities that `verify-ca` and `verify-full` trust
record SourceSettings(
    @DefaultValue("/run/secrets") Path secretsDirectory,
    @DefaultValue List<String> allowedHosts,
    @DefaultValue("prefer") String sslMode,
    @Nullable Path sslRootCertificate) {
  private static final List<String> ENCRYPTED = List.of("require", "verify-ca", "verify-full");
  private static final List<String> SSL_MODES =
      List.of("disable", "prefer", "require", "verify-ca", "verify-full");

  SourceSettings {
    allowedHosts = AllowedHosts.of("anneal.ingest.sources.allowed-hosts", allowedHosts).names();
    if (!SSL_MODES.contains(sslMode)) {
      throw new IllegalArgumentException(
          "anneal.ingest.sources.ssl-mode must be one of %s, was \"%s\""
              .formatted(String.join(", ", SSL_MODES), sslMode));
    }
  }

  boolean allows(String host) {
    return allowedHosts.isEmpty() || new AllowedHosts(allowedHosts).contain(host);
  }

  /// Of every connection to a source, as pgjdbc's parameters.
  Map<String, String> driverParameters() {
    var parameters = new TreeMap<>(Map.of("sslmode", sslMode));
    if (sslRootCertificate != null) {
      parameters.put("sslrootcert", sslRootCertificate.toString());
    }
    if (!ENCRYPTED.contains(sslMode)) {
      parameters.put("requireAuth", "!password"); // PostgreSQL's word for clear text
    }
    return Map.copyOf(parameters);
  }
}
