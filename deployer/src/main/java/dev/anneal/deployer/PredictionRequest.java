package dev.anneal.deployer;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.http.HttpStatus;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `{"rows": [{"temperature": 21.5, …}, …]}` as a matrix in the order of the model's columns. A
/// column that a row leaves out, or null, is missing. Errors name the path of what is wrong.
///
/// @param matrix row-major
record PredictionRequest(float[] matrix, int rows) {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /// @throws Problem when the body is not a request for this model
  static PredictionRequest parse(byte[] body, List<String> features, int maxRows) {
    JsonNode rows = read(body).path("rows");
    if (!rows.isArray()) {
      throw bad(
          "malformed-request",
          "rows",
          "the body must be {\"rows\": [{\"<feature>\": <number>, …}, …]}");
    }
    if (rows.size() > maxRows) {
      throw new Problem(
          HttpStatus.CONTENT_TOO_LARGE,
          "too-many-rows",
          "%d rows are more than %d; send them in several requests"
              .formatted(rows.size(), maxRows));
    }
    var columns = new HashMap<String, Integer>();
    features.forEach(name -> columns.put(name, columns.size()));
    var matrix = new float[rows.size() * features.size()];
    Arrays.fill(matrix, Float.NaN);
    for (int i = 0; i < rows.size(); i++) {
      String path = "rows[%d]".formatted(i);
      if (!rows.get(i).isObject()) {
        throw bad(
            "malformed-request", path, "a row must be an object of feature names and numbers");
      }
      for (var field : rows.get(i).properties()) {
        int column = column(columns, path, field.getKey());
        matrix[i * features.size() + column] =
            number(path + "." + field.getKey(), field.getValue());
      }
    }
    return new PredictionRequest(matrix, rows.size());
  }

  private static JsonNode read(byte[] body) {
    try {
      return JSON.readTree(body);
    } catch (JacksonException e) {
      throw bad("malformed-json", "", "the body is not JSON: " + e.getOriginalMessage());
    }
  }

  private static int column(Map<String, Integer> columns, String path, String name) {
    Integer column = columns.get(name);
    if (column == null) {
      throw bad(
          "unknown-feature", path + "." + name, "the model has no feature \"%s\"".formatted(name));
    }
    return column;
  }

  private static float number(String path, JsonNode value) {
    if (value.isNull()) {
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

  private static Problem bad(String code, String path, String message) {
    String detail = path.isEmpty() ? message : path + ": " + message;
    return new Problem(HttpStatus.BAD_REQUEST, code, detail, Map.of("path", path));
  }
}
