package dev.anneal.schemas;

import java.nio.charset.StandardCharsets;
import java.util.UUID;

/// Ids that derive from what an event says, so that a replay makes the same id.
public final class EventIds {
  private EventIds() {}

  /// @param parts what makes the event the one it is, in a fixed order
  public static String of(Object... parts) {
    var text = new StringBuilder();
    for (Object part : parts) {
      String value = String.valueOf(part);
      text.append(value.length())
          .append(':')
          .append(value); // length first: ("ab", "c") differs from ("a", "bc")
    }
    return UUID.nameUUIDFromBytes(text.toString().getBytes(StandardCharsets.UTF_8)).toString();
  }
}
