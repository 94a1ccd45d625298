package dev.anneal.notifier;

/// A way to people.
interface Sender {
  /// How a message went.
  enum Delivery {
    SLACK,
    WEBHOOK,
    PRINTED
  }

  /// Returns when the message was taken.
  ///
  /// @throws SlackUnavailable when it may be taken later
  /// @throws dev.anneal.stage.RejectedRecord when it never will be
  Delivery send(String channel, Message message);
}
