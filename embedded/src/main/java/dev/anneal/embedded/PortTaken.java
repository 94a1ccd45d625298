package dev.anneal.embedded;

import java.io.IOException;

/// Somebody else has the port that a server was to have.
final class PortTaken extends IOException {
  PortTaken(int port) {
    super("port %d is in use".formatted(port));
  }
}
