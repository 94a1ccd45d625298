package dev.anneal.stage.web;

/// How large a request's body may be.
public interface BodyLimits {
  /// Deepest nesting of JSON that an API reads: the deepest document, a definition, has less than
  /// half of it. Parsers and writers are recursive.
  int JSON_DEPTH = 20;

  /// @param method `PUT`
  /// @return bytes
  int of(String method, String path);
}
