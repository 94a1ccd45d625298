package dev.anneal.control;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.web.filter.OncePerRequestFilter;

/// Until users and roles come, whoever reaches the API may do everything; so only this machine
/// reaches it. A page in a browser of this machine is kept out by the name it calls: a foreign name
/// that was made to resolve to the loopback interface (DNS rebinding) is none of ours.
final class LoopbackOnly extends OncePerRequestFilter {
  private static final Set<String> NAMES =
      Set.of("localhost", "127.0.0.1", "[::1]", "::1", "0:0:0:0:0:0:0:1");

  /// @throws IllegalArgumentException when the address can be reached from elsewhere
  LoopbackOnly(@Nullable InetAddress address) {
    if (address == null || !address.isLoopbackAddress()) {
      throw new IllegalArgumentException(
          "server.address must be a loopback address such as 127.0.0.1 as long as the API has no users and roles, was %s"
              .formatted(address == null ? "every interface" : address.getHostAddress()));
    }
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    if (NAMES.contains(String.valueOf(request.getServerName()))) {
      chain.doFilter(request, response);
    } else {
      response.sendError(HttpServletResponse.SC_FORBIDDEN);
    }
  }
}
