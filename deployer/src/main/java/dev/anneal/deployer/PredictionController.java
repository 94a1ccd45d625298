package dev.anneal.deployer;

import dev.anneal.modelstore.ProcessEndingException;
import dev.anneal.schemas.ModelKey;
import dev.anneal.stage.web.ApiProblem;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/// Predictions on request, by the version that serves.
@RestController
final class PredictionController {
  private static final Logger LOG = LoggerFactory.getLogger(PredictionController.class);

  /// @param label 1: the version calls it a failure; the probability is at or above
  ///     [Thresholds#label]
  /// @param confident whether the definition's confidenceThreshold is reached
  record Scores(double probability, int label, boolean confident) {}

  /// @param label what the version calls a failure, chosen by its training
  /// @param alert what people are told, the definition's `failureProbability`; rows of the stream
  ///     at or above it raise an alert
  record Thresholds(double label, double alert) {
    private static Thresholds of(LoadedVersion version, ModelDefinition definition) {
      return new Thresholds(version.card().threshold(), definition.failureProbability());
    }
  }

  /// @param missing features that a row or more does not have; scored as missing
  record Answer(
      String organization,
      String model,
      String version,
      Thresholds thresholds,
      List<String> missing,
      List<Scores> predictions) {}

  /// @param deployedVersion the newest deployment; differs from `version` where that one cannot be
  ///     loaded
  record Info(
      String organization,
      String model,
      String version,
      @Nullable String deployedVersion,
      @Nullable String previousVersion,
      @Nullable Instant deployedAt,
      Thresholds thresholds,
      List<String> features,
      Map<String, Double> metrics) {}

  private final ServingModels serving;
  private final Definitions definitions;
  private final ModelStates states;
  private final DeployerSettings settings;

  PredictionController(
      ServingModels serving,
      Definitions definitions,
      ModelStates states,
      DeployerSettings settings) {
    this.serving = serving;
    this.definitions = definitions;
    this.states = states;
    this.settings = settings;
  }

  @PostMapping(path = "/api/models/{model}/predict", consumes = MediaType.APPLICATION_JSON_VALUE)
  Answer predict(
      @PathVariable("model") String model,
      @RequestParam("organization") String organization,
      HttpServletRequest request)
      throws IOException {
    var key = new ModelKey(organization, model);
    byte[] body = request.getInputStream().readAllBytes(); // no larger than maxRequestSize
    var definition = definition(key);
    try (var version = acquire(definition)) {
      var rows =
          PredictionRequest.parse(body, version.version().features(), settings.maxRequestRows());
      float[] scores = version.model().scores(rows.matrix(), rows.rows());
      var predictions =
          IntStream.range(0, scores.length)
              .mapToObj(
                  i ->
                      new Scores(
                          scores[i], version.label(scores[i]), definition.isConfident(scores[i])))
              .toList();
      return new Answer(
          organization,
          model,
          version.version().version(),
          Thresholds.of(version, definition),
          rows.missing(),
          predictions);
    }
  }

  @GetMapping("/api/models/{model}/info")
  Info info(
      @PathVariable("model") String model, @RequestParam("organization") String organization) {
    var key = new ModelKey(organization, model);
    var definition = definition(key);
    try (var version = acquire(definition)) {
      DeployedVersion deployed = states.of(key).current();
      return new Info(
          organization,
          model,
          version.version().version(),
          deployed == null ? null : deployed.version().version(),
          deployed == null ? null : deployed.previousVersion(),
          deployed == null ? null : deployed.deployedAt(),
          Thresholds.of(version, definition),
          version.version().features(),
          version.card().metrics());
    }
  }

  @ExceptionHandler
  ProblemDetail ending(ProcessEndingException failure) {
    LOG.info("a request is not answered: {}", failure.getMessage());
    return new ApiProblem(
            HttpStatus.SERVICE_UNAVAILABLE, "service-unavailable", "the deployer is stopping")
        .getBody();
  }

  private ModelDefinition definition(ModelKey key) {
    return definitions
        .find(key)
        .orElseThrow(
            () ->
                new ApiProblem(HttpStatus.NOT_FOUND, "unknown-model", "there is no model " + key));
  }

  /// @return held by the caller
  private LoadedVersion acquire(ModelDefinition definition) {
    ModelKey key = definition.key();
    return serving.acquire(key).orElseThrow(() -> nothingServes(key));
  }

  private ApiProblem nothingServes(ModelKey key) {
    return states.of(key).current() == null
        ? new ApiProblem(
            HttpStatus.CONFLICT,
            "nothing-deployed",
            "no version of %s has passed the gate yet; predictions start with the first deployment"
                .formatted(key))
        : new ApiProblem(
            HttpStatus.SERVICE_UNAVAILABLE,
            "not-loaded",
            "the deployed version of %s cannot be loaded; see its alert".formatted(key));
  }
}
