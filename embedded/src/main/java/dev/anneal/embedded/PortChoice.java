package dev.anneal.embedded;

import java.io.IOException;

/// Which port a server gets. Asked again when somebody was faster.
@FunctionalInterface
public interface PortChoice {
  /// @return bound, so that nobody else gets it
  /// @throws IOException when no port of the choice is free; the message names it
  HeldPort take() throws IOException;
}
