package dev.anneal.deployer;

import dev.anneal.stage.web.ApiProblem;
import dev.anneal.stage.web.BodyLimits;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.http.HttpStatus;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `{"rows": [{"temperature": 21.5, …}, …]}` as a matrix in the order of the model's columns. A
/// column that a row leaves out, or null, is missing; each row has at least one of the columns.
/// Errors name the path of what is wrong.
///
/// @param matrix row-major
/// @param missing columns that a row or more does not have
record PredictionRequest(float[] matrix, int rows, List<String> missing) {
  /// Unknown names that an answer repeats.
  private static final int MOST_NAMES = 20;

  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(BodyLimits.JSON_DEPTH)
                          .build())
                  .build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /// @throws ApiProblem when the body is not a request for this model
  static PredictionRequest parse(byte[] body, List<String> features, int maxRows) {
    JsonNode rows = read(body).path("rows");
    if (!rows.isArray()) {
      throw bad(
          "malformed-request",
          "rows",
          "the body must be {\"rows\": [{\"<feature>\": <number>, …}, …]}");
    }
    if (rows.size() > maxRows) {
      throw new ApiProblem(
          HttpStatus.CONTENT_TOO_LARGE,
          "too-many-rows",
          "%d rows are more than %d; send them in several requests"
              .formatted(rows.size(), maxRows));
    }
    if (rows.isEmpty()) {
      throw expecting("no-rows", "rows", "at least one row is expected", features);
    }
    var known = Set.copyOf(features);
    var matrix = new float[rows.size() * features.size()];
    for (int i = 0; i < rows.size(); i++) {
      String path = "rows[%d]".formatted(i);
      if (!rows.get(i).isObject()) {
        throw bad(
            "malformed-request", path, "a row must be an object of feature names and numbers");
      }
      checkNames(rows.get(i), path, features, known);
      for (int j = 0; j < features.size(); j++) {
        String name = features.get(j);
        matrix[i * features.size() + j] = number(path + "." + name, rows.get(i).path(name));
      }
    }
    return new PredictionRequest(matrix, rows.size(), missing(matrix, features));
  }

  private static List<String> missing(float[] matrix, List<String> features) {
    var missing = new BitSet();
    for (int i = 0; i < matrix.length; i++) {
      if (Float.isNaN(matrix[i])) {
        missing.set(i % features.size());
      }
    }
    return missing.stream().mapToObj(features::get).toList();
  }

  private static JsonNode read(byte[] body) {
    try {
      return JSON.readTree(body);
    } catch (JacksonException e) {
      throw bad("malformed-json", "", "the body is not JSON: " + e.getOriginalMessage());
    }
  }

  private static void checkNames(
      JsonNode row, String path, List<String> features, Set<String> known) {
    var unknown = row.propertyNames().stream().filter(name -> !known.contains(name)).toList();
    if (!unknown.isEmpty()) {
      throw expecting(
          "unknown-feature",
          path + "." + unknown.getFirst(),
          "the model has no feature %s; see `expected`"
              .formatted(
                  unknown.stream()
                      .limit(MOST_NAMES)
                      .map("\"%s\""::formatted)
                      .collect(Collectors.joining(", "))),
          features);
    }
    if (row.isEmpty()) {
      throw expecting(
          "no-features",
          path,
          "the row has none of the model's features; see `expected`",
          features);
    }
  }

  private static float number(String path, JsonNode value) {
    if (value.isNull() || value.isMissingNode()) {
      return Float.NaN;
    }
    if (!value.isNumber()) {
      throw bad("not-a-number", path, "a number is expected, found %s".formatted(value));
    }
    float number = (float) value.doubleValueOpt().orElse(Double.NaN);
    if (!Float.isFinite(number)) {
      throw bad(
          "not-a-number",
          path,
          "a number that fits in 32 bits is expected, found %s".formatted(value));
    }
    return number;
  }

  private static ApiProblem bad(String code, String path, String message) {
    return bad(code, path, message, Map.of());
  }

  private static ApiProblem expecting(
      String code, String path, String message, List<String> features) {
    return bad(code, path, message, Map.of("expected", features));
  }

  private static ApiProblem bad(String code, String path, String message, Map<String, ?> members) {
    var fault = new ApiProblem.Fault(path, message);
    return new ApiProblem(HttpStatus.BAD_REQUEST, code, fault.sentence(), List.of(fault), members);
  }
}
