package dev.anneal.deployer;

import dev.anneal.stage.Dependencies;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/// Whether the deployer runs, and whether each deployed version serves.
@RestController
final class HealthController {
  /// @param status `UP`, or `DEGRADED` where a deployed version cannot be loaded and an older one
  ///     goes on serving
  /// @param notLoaded `<org>/<model>/<version>`
  /// @param away servers that do not answer; predictions on request go on without them
  record Health(String status, List<String> notLoaded, List<String> away) {}

  private final Deployments deployments;
  private final Dependencies dependencies;

  HealthController(Deployments deployments, Dependencies dependencies) {
    this.deployments = deployments;
    this.dependencies = dependencies;
  }

  /// Within a second, whatever is away.
  @GetMapping("/health")
  Health health() {
    var notLoaded =
        deployments.failed().values().stream()
            .map(d -> d.key() + "/" + d.version().version())
            .sorted()
            .toList();
    var away = dependencies.away();
    boolean isUp = notLoaded.isEmpty() && away.isEmpty();
    return new Health(isUp ? "UP" : "DEGRADED", notLoaded, away);
  }
}
