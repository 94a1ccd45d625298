package dev.anneal.standalone;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.anneal.events.LifecycleEvent;
import dev.anneal.schemas.EventJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Set;

/// What the commands print for programs: one JSON object a line.
final class Output {
  /// Some 10 kB an event, for no reader of a terminal.
  static final Set<String> PROFILES = Set.of("referenceProfile");

  private static final ObjectMapper JSON = new ObjectMapper();

  private Output() {}

  static void print(Object json) {
    try {
      System.out.println(JSON.writeValueAsString(json));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void print(LifecycleEvent event) {
    print(EventJson.of(event, PROFILES));
  }

  /// Who asks.
  static String user() {
    return System.getProperty("user.name", "");
  }
}
