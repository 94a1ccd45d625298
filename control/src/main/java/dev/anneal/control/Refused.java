package dev.anneal.control;

import dev.anneal.control.definitions.Problem;
import dev.anneal.stage.web.ApiProblem;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

/// Calls that are refused.
final class Refused {
  private Refused() {}

  static ApiProblem invalid(List<Problem> errors) {
    String detail = errors.size() == 1 ? "1 error" : errors.size() + " errors";
    if (errors.size() >= Problem.MOST) {
      detail = "the first %d errors".formatted(Problem.MOST);
    }
    var faults = errors.stream().map(e -> new ApiProblem.Fault(e.path(), e.message())).toList();
    return new ApiProblem(HttpStatus.BAD_REQUEST, "invalid", detail, faults, Map.of());
  }

  static ApiProblem unknown(String organization, @Nullable String model) {
    return model == null
        ? new ApiProblem(
            HttpStatus.NOT_FOUND,
            "unknown-organization",
            "there is no organization \"%s\"".formatted(organization))
        : new ApiProblem(
            HttpStatus.NOT_FOUND,
            "unknown-model",
            "organization \"%s\" has no model \"%s\"".formatted(organization, model));
  }
}
