package dev.anneal.standalone;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.anneal.events.LifecycleEvent;
import dev.anneal.schemas.EventJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Set;
import java.util.regex.Pattern;

/// What the commands print for programs: one JSON object a line.
final class Output {
  /// Some 10 kB an event, for no reader of a terminal.
  static final Set<String> PROFILES = Set.of("referenceProfile");

  private static final Pattern CONTROLS =
      Pattern.compile("[[\\p{Cc}\\p{Cf}]&&[\\x{0}-\\x{FFFF}]&&[^\n]]");
  private static final ObjectMapper JSON = new ObjectMapper();

  private Output() {}

  static void print(Object json) {
    try {
      System.out.println(escaped(JSON.writeValueAsString(json)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Terminals obey controls beyond ASCII, too, which JSON leaves as they are.
  static String escaped(String json) {
    return CONTROLS
        .matcher(json)
        .replaceAll(found -> "\\\\u%04x".formatted((int) found.group().charAt(0)));
  }

  static void print(LifecycleEvent event) {
    print(EventJson.of(event, PROFILES));
  }

  /// Who asks.
  static String user() {
    return System.getProperty("user.name", "");
  }
}
