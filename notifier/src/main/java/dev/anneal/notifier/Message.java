package dev.anneal.notifier;

import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A message for people, before it is anything of Slack's.
///
/// @param icon Slack's name of an emoji
/// @param title one line
/// @param facts a few short ones
/// @param detail a paragraph
record Message(
    News.Subject subject, String icon, String title, List<Fact> facts, @Nullable String detail) {
  /// What terminals and Slack obey, of a regular expression: control characters, and those that
  /// turn the direction of text.
  static final String CONTROLS = "\\p{Cc}\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069";

  private static final Pattern IN_LINE = Pattern.compile("[" + CONTROLS + "]+");

  record Fact(String name, String value) {}

  /// One line that says it all: `acme/pump-failure: v2 deployed (replaces v1)`.
  String line() {
    var line = new StringBuilder(subject.name()).append(": ").append(title);
    if (!facts.isEmpty()) {
      line.append(" (")
          .append(String.join(", ", facts.stream().map(f -> f.name() + " " + f.value()).toList()))
          .append(')');
    }
    if (detail != null) {
      line.append(": ").append(detail);
    }
    return IN_LINE.matcher(line).replaceAll(" ");
  }
}
