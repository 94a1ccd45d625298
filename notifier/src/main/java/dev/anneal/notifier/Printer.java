package dev.anneal.notifier;

import java.io.PrintStream;

/// Where no Slack is set: one line a message on standard output.
record Printer(PrintStream out) implements Sender {
  @Override
  public Delivery send(String channel, Message message) {
    out.printf("[%s] %s%n", channel, message.line());
    return Delivery.PRINTED;
  }
}
