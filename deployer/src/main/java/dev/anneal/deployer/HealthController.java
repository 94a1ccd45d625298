package dev.anneal.deployer;

import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/// Whether the deployer runs, and whether each deployed version serves.
@RestController
final class HealthController {
  /// @param status `UP`, or `DEGRADED` where a deployed version cannot be loaded and an older one
  ///     goes on serving
  /// @param notLoaded `<org>/<model>/<version>`
  record Health(String status, List<String> notLoaded) {}

  private final Deployments deployments;

  HealthController(Deployments deployments) {
    this.deployments = deployments;
  }

  @GetMapping("/health")
  Health health() {
    var notLoaded =
        deployments.failed().values().stream()
            .map(d -> d.key() + "/" + d.version().version())
            .sorted()
            .toList();
    return new Health(notLoaded.isEmpty() ? "UP" : "DEGRADED", notLoaded);
  }
}
