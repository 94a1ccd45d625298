package dev.anneal.notifier;

import dev.anneal.schemas.Temporary;

/// Slack did not take a message now; the listener tries again with growing pauses.
final class SlackUnavailable extends RuntimeException implements Temporary {
  SlackUnavailable(String message) {
    super(message);
  }

  SlackUnavailable(String message, Throwable cause) {
    super(message, cause);
  }
}
