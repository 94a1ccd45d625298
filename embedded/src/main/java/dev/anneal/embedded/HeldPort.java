package dev.anneal.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// A port of the loopback interface that is bound from its choice until its server takes over.
public final class HeldPort implements AutoCloseable {
  private static final String BODY =
      "{\"status\":503,\"code\":\"starting\",\"detail\":\"Anneal is starting\",\"errors\":[]}";
  private static final byte[] STARTING =
      """
      HTTP/1.1 503 Service Unavailable
      Retry-After: 5
      Content-Type: application/problem+json
      Content-Length: %d
      Connection: close

      %s"""
          .formatted(BODY.length(), BODY)
          .replace("\n", "\r\n")
          .getBytes(StandardCharsets.US_ASCII);
  private static final int LONGEST_HEAD = 8_192;
  private static final int BACKLOG = 50; // Java's default

  private final ServerSocketChannel channel;
  private final int port;
  private @Nullable Thread acceptor;

  HeldPort(ServerSocketChannel channel, int port) {
    this.channel = channel;
    this.port = port;
  }

  /// @param port 0: any
  static HeldPort bind(int port) throws IOException {
    var channel = ServerSocketChannel.open();
    try {
      // connections of an earlier run that are still in TIME_WAIT do not hold the port
      channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), BACKLOG);
      return new HeldPort(channel, channel.socket().getLocalPort());
    } catch (BindException e) {
      channel.close();
      throw new IOException("port %d is in use".formatted(port), e);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  public int port() {
    return port;
  }

  /// The bound socket, for a server that can use it.
  ServerSocketChannel channel() {
    return channel;
  }

  /// Answers every HTTP call with 503 and `Retry-After` until the port is released.
  public HeldPort answerStarting() {
    acceptor = Thread.ofPlatform().daemon().name("starting-" + port).start(this::accept);
    return this;
  }

  private void accept() {
    while (channel.isOpen()) {
      try {
        var call = channel.accept();
        Thread.ofVirtual().start(() -> answer(call));
      } catch (IOException _) {
        return; // the port is released, or no more connections can be taken
      }
    }
  }

  private static void answer(SocketChannel call) {
    try (call) {
      call.read(ByteBuffer.allocate(LONGEST_HEAD)); // unread bytes would reset the connection
      call.write(ByteBuffer.wrap(STARTING));
    } catch (IOException _) {
      // the caller is gone
    }
  }

  /// Releases the port for the server. It is free when this returns: the socket is closed only once
  /// no thread waits for a call any more.
  @Override
  public void close() {
    try {
      channel.close();
      if (acceptor != null) {
        acceptor.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      throw new UncheckedIOException("port %d cannot be released".formatted(port), e);
    }
  }
}
