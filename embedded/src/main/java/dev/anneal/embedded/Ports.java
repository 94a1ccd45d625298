package dev.anneal.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Arrays;

/// TCP ports of the loopback interface.
public final class Ports {
  private Ports() {}

  /// A port that was free a moment ago.
  public static int free() {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException("no free port", e);
    }
  }

  /// This port and no other.
  public static PortChoice exactly(int port) {
    return () -> HeldPort.bind(port);
  }

  /// The first of the ports that is free, else any.
  public static PortChoice preferably(Integer... ports) {
    var preferred = Arrays.asList(ports);
    return () -> {
      for (int port : preferred) {
        try {
          return HeldPort.bind(port);
        } catch (IOException _) {
          // in use: the next one
        }
      }
      return HeldPort.bind(0);
    };
  }
}
