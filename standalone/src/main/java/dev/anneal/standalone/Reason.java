package dev.anneal.standalone;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;

/// Why something failed, in one line for people: what it was about and what lies at the bottom,
/// without the frameworks' layers between.
final class Reason {
  private static final int LONGEST = 500;

  private Reason() {}

  static String of(@Nullable Throwable failure) {
    var chain = new ArrayList<Throwable>();
    for (Throwable cause = failure;
        cause != null && !chain.contains(cause);
        cause = cause.getCause()) {
      chain.add(cause);
    }
    var ours = chain.stream().filter(cause -> !isLayer(cause, chain.getLast())).toList();
    List<Throwable> told = ours.isEmpty() ? chain : ours;
    String first = line(told.getFirst());
    String last = line(told.getLast());
    String reason = first.contains(last) ? first : first + ": " + last;
    return reason.length() > LONGEST ? reason.substring(0, LONGEST) + "…" : reason;
  }

  /// What Spring says of a setting is needed where the cause does not name it: `For input string:
  /// "x"`. A setting's own check names it.
  private static boolean isLayer(Throwable cause, Throwable last) {
    if (cause instanceof BindException) {
      return last.getClass() == IllegalArgumentException.class;
    }
    String type = cause.getClass().getName();
    return type.startsWith("org.springframework.beans.")
        || type.startsWith("org.springframework.context.")
        || type.startsWith("org.springframework.boot.")
        || type.startsWith("java.util.concurrent.")
        || type.startsWith("java.lang.reflect.")
        || cause.getClass() == RuntimeException.class;
  }

  private static String line(Throwable cause) {
    String message = cause.getMessage();
    return (message == null || message.isBlank() ? cause.getClass().getSimpleName() : message)
        .strip()
        .replaceAll("\\s+", " ");
  }
}
