package dev.anneal.control;

import dev.anneal.control.definitions.DefinitionStore;
import dev.anneal.control.definitions.ModelDefinition;
import dev.anneal.control.monitor.Estimate;
import dev.anneal.control.monitor.Monitor;
import dev.anneal.control.monitor.Monitor.Filter;
import dev.anneal.control.monitor.Serving;
import dev.anneal.control.monitor.Serving.ModelStatus;
import dev.anneal.control.monitor.Trouble;
import dev.anneal.control.monitor.Troubles;
import dev.anneal.control.schedule.ZonedCron;
import dev.anneal.stage.Dependencies;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/// What is.
@RestController
class StatusController {
  private static final int NEXT_RUNS = 5;

  private final DefinitionStore definitions;
  private final Monitor monitor;
  private final Troubles troubles;
  private final Dependencies dependencies;
  private final InstantSource clock;

  StatusController(
      DefinitionStore definitions,
      Monitor monitor,
      Troubles troubles,
      Dependencies dependencies,
      InstantSource clock) {
    this.definitions = definitions;
    this.monitor = monitor;
    this.troubles = troubles;
    this.dependencies = dependencies;
    this.clock = clock;
  }

  /// The capture of an organization's SCADA database.
  ///
  /// @param state OK: no trouble is known, or FAILING
  /// @param kind of the trouble, e.g. `SOURCE_UNREACHABLE`
  record Capture(
      String state, @Nullable String kind, @Nullable String reason, @Nullable Instant since) {
    static Capture of(@Nullable Trouble trouble) {
      return trouble == null
          ? new Capture("OK", null, null, null)
          : new Capture("FAILING", trouble.kind(), trouble.reason(), trouble.since());
    }
  }

  /// One organization with its models.
  record OrganizationStatus(String organization, Capture capture, List<ModelStatus> models) {}

  /// What keeps a stage from going on.
  record StageTrouble(String kind, String reason, Instant since) {}

  @GetMapping("/api/status")
  Map<String, List<?>> status() {
    var models = definitions.models();
    var result =
        definitions.organizations().stream()
            .map(
                organization ->
                    status(
                        organization,
                        models.stream()
                            .filter(m -> m.organization().equals(organization))
                            .toList()))
            .toList();
    var stages =
        troubles.ofStages().stream()
            .map(t -> new StageTrouble(t.kind(), t.reason(), t.since()))
            .toList();
    return Map.of("organizations", result, "troubles", stages);
  }

  private OrganizationStatus status(String organization, List<ModelDefinition> models) {
    var trouble = troubles.of(organization).orElse(null);
    return new OrganizationStatus(
        organization, Capture.of(trouble), models.stream().map(m -> status(m, trouble)).toList());
  }

  private ModelStatus status(ModelDefinition model, @Nullable Trouble trouble) {
    var filter = new Filter(model.organization(), model.model());
    var run = monitor.runs(filter, 1).stream().findFirst().orElse(null);
    var deployed = monitor.deployments(filter, 1).stream().findFirst().orElse(null);
    var decision = monitor.decisions(filter).stream().findFirst().orElse(null);
    var standing = ModelStanding.of(trouble, run, deployed, decision);
    return new ModelStatus(
        model.model(),
        standing.state(),
        standing.reason(),
        deployed,
        deployed == null ? null : estimate(filter, deployed.version()),
        run,
        decision,
        schedule(model.schedule()));
  }

  /// Null where none was made for the version.
  private @Nullable Estimate estimate(Filter filter, String version) {
    return monitor.estimates(filter).stream()
        .filter(estimate -> estimate.version().equals(version))
        .findFirst()
        .orElse(null);
  }

  private @Nullable Map<String, Object> schedule(ModelDefinition.@Nullable Schedule schedule) {
    if (schedule == null) {
      return null;
    }
    var next = new ArrayList<Instant>();
    var cron = ZonedCron.of(schedule.pattern(), schedule.timezone());
    var run = cron.next(clock.instant());
    while (schedule.enabled() && run.isPresent() && next.size() < NEXT_RUNS) {
      next.add(run.get());
      run = cron.next(run.get());
    }
    return Map.of(
        "pattern",
        schedule.pattern(),
        "timezone",
        schedule.timezone(),
        "enabled",
        schedule.enabled(),
        "next",
        List.copyOf(next));
  }

  @GetMapping("/api/deployments")
  Map<String, List<Serving>> deployments(
      @RequestParam(required = false) @Nullable String organization,
      @RequestParam(required = false) @Nullable String model,
      @RequestParam(defaultValue = "50") int limit) {
    return Map.of(
        "deployments", monitor.deployments(new Filter(organization, model), Limits.page(limit)));
  }

  /// @param after the `next` of the page before
  @GetMapping("/api/events")
  Map<String, Object> events(
      @RequestParam(required = false) @Nullable String organization,
      @RequestParam(required = false) @Nullable String model,
      @RequestParam(defaultValue = "0") long after,
      @RequestParam(defaultValue = "100") int limit) {
    var events = monitor.events(new Filter(organization, model), after, Limits.page(limit));
    return Map.of("events", events, "next", events.isEmpty() ? after : events.getLast().sequence());
  }

  /// @param status `UP`, `DEGRADED` where calls may fail, or `DOWN`
  /// @param away servers that do not answer
  record ControlHealth(String status, List<String> away) {}

  /// Within a second, whatever is away. Without its database control can do nothing.
  @GetMapping("/health")
  ResponseEntity<ControlHealth> health() {
    var away = dependencies.away();
    if (away.contains("database")) {
      return ResponseEntity.status(HttpStatus.SERVICE_UNAVAILABLE)
          .body(new ControlHealth("DOWN", away));
    }
    return ResponseEntity.ok(new ControlHealth(away.isEmpty() ? "UP" : "DEGRADED", away));
  }
}
