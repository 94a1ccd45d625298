package dev.anneal.stage.web;

import dev.anneal.schemas.Texts;
import dev.anneal.stage.Failures;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.transaction.TransactionException;
import org.springframework.web.bind.MissingServletRequestParameterException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;

/// Every error of the REST API as `application/problem+json` in the shape of [ApiProblem].
@RestControllerAdvice
final class ApiProblems extends ResponseEntityExceptionHandler {
  private static final Logger LOG = LoggerFactory.getLogger(ApiProblems.class);
  private static final int LONGEST = 100;

  /// The database is away, or the failure is an error of ours.
  @ExceptionHandler({DataAccessException.class, TransactionException.class})
  ResponseEntity<ProblemDetail> database(RuntimeException failure) {
    if (!Failures.isTemporary(failure)) {
      return ResponseEntity.internalServerError().body(unforeseen(failure));
    }
    var problem = ApiProblem.unavailable("database-unavailable", "the database does not answer");
    return ResponseEntity.status(problem.getStatusCode())
        .headers(problem.getHeaders())
        .body(problem.getBody());
  }

  /// What nobody foresaw; the answer says no more than that, the log says what.
  @ExceptionHandler(Exception.class)
  ProblemDetail unforeseen(Exception failure) {
    LOG.error("a request failed", failure);
    return problem(
        HttpStatus.INTERNAL_SERVER_ERROR, "the request could not be answered; the log says why");
  }

  private static ProblemDetail problem(HttpStatus status, String detail) {
    return ApiProblem.told(
        ProblemDetail.forStatusAndDetail(status, detail), ApiProblem.code(status), List.of());
  }

  /// Also what Spring refuses itself.
  @Override
  protected @Nullable ResponseEntity<Object> handleExceptionInternal(
      Exception failure,
      @Nullable Object body,
      HttpHeaders headers,
      HttpStatusCode status,
      WebRequest request) {
    var answer = super.handleExceptionInternal(failure, body, headers, status, request);
    if (answer != null
        && answer.getBody() instanceof ProblemDetail problem
        && !(failure instanceof ApiProblem)) {
      var faults = faults(failure);
      faults.stream().findFirst().ifPresent(fault -> problem.setDetail(fault.sentence()));
      ApiProblem.told(problem, ApiProblem.code(status), faults);
    }
    return answer;
  }

  /// In our words: those of libraries speak of their classes.
  private static List<ApiProblem.Fault> faults(Exception failure) {
    return switch (failure) {
      case MissingServletRequestParameterException missing ->
          List.of(new ApiProblem.Fault(missing.getParameterName(), "is required"));
      case MethodArgumentTypeMismatchException mismatch ->
          List.of(
              new ApiProblem.Fault(
                  mismatch.getName(),
                  "cannot be \"%s\""
                      .formatted(
                          Texts.inLine(Objects.toString(mismatch.getValue(), ""), LONGEST))));
      case HttpMessageNotReadableException unreadable
          when unreadable.getCause() instanceof JacksonException cause ->
          List.of(fault(cause));
      default -> List.of();
    };
  }

  private static ApiProblem.Fault fault(JacksonException cause) {
    return switch (cause) {
      case UnrecognizedPropertyException unknown ->
          new ApiProblem.Fault(
              Texts.inLine(unknown.getPropertyName(), LONGEST),
              "unknown key, known are "
                  + unknown.getKnownPropertyIds().stream()
                      .map(String::valueOf)
                      .sorted()
                      .collect(Collectors.joining(", ")));
      case DatabindException mistyped ->
          new ApiProblem.Fault(path(mistyped), "is of another type than is expected");
      default -> new ApiProblem.Fault("", noJson(cause.getLocation()));
    };
  }

  /// @param at null where a limit is broken
  private static String noJson(@Nullable TokenStreamLocation at) {
    return at == null
        ? "the body is nested too deeply, or has too long a number or name"
        : "the body is no JSON from line %d, column %d on"
            .formatted(at.getLineNr(), at.getColumnNr());
  }

  private static String path(DatabindException failure) {
    return failure.getPath().stream()
        .map(
            part ->
                part.getPropertyName() == null
                    ? "[%d]".formatted(part.getIndex())
                    : part.getPropertyName())
        .map(part -> Texts.inLine(part, LONGEST))
        .collect(Collectors.joining("."));
  }
}
