package dev.anneal.standalone;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// How a command finds the control API: of the Anneal of a data directory, or elsewhere.
final class ControlAddress {
  @Option(
      names = "--data-dir",
      description = "Of the Anneal on this machine (default: .anneal).",
      defaultValue = ".anneal")
  private Path dataDirectory = Path.of(".anneal");

  @Option(names = "--control", description = "Control API elsewhere, http://host:port.")
  private @Nullable URI control;

  ControlClient client() throws IOException {
    URI named = control;
    return new ControlClient(
        named == null
            ? URI.create(Endpoints.load(dataDirectory).control())
            : http("--control", named));
  }

  /// @throws IOException when it is the address of no HTTP server
  static URI http(String option, URI address) throws IOException {
    String scheme = String.valueOf(address.getScheme());
    if (!scheme.matches("https?") || address.getHost() == null) {
      throw new IOException(
          "%s must be an address like http://host:port, was %s".formatted(option, address));
    }
    return address;
  }
}
