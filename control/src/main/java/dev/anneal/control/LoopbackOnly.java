package dev.anneal.control;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/// Until users and roles come, whoever reaches the API may do everything; so only this machine
/// reaches it.
record LoopbackOnly(@Nullable InetAddress address) {
  /// @throws IllegalArgumentException when the address can be reached from elsewhere
  LoopbackOnly {
    if (address == null || !address.isLoopbackAddress()) {
      throw new IllegalArgumentException(
          "server.address must be a loopback address such as 127.0.0.1 as long as the API has no users and roles, was %s"
              .formatted(address == null ? "every interface" : address.getHostAddress()));
    }
  }
}
