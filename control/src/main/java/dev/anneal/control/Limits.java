package dev.anneal.control;

import dev.anneal.control.definitions.Problem;
import java.util.List;

/// Sizes of answers.
final class Limits {
  static final int MAX_PAGE = 1_000;

  private Limits() {}

  static int page(int limit) {
    if (limit < 1 || limit > MAX_PAGE) {
      throw Refused.invalid(
          List.of(new Problem("limit", "must be in [1, %d], was %d".formatted(MAX_PAGE, limit))));
    }
    return limit;
  }
}
