package dev.anneal.schemas;

import java.util.Optional;

/// Texts that come from outside: what databases, logs and topics can hold of them.
public final class Texts {
  private static final char NUL = 0;

  private Texts() {}

  /// What is wrong with a text for people; line breaks are allowed.
  ///
  /// @param most characters
  /// @return the end of a sentence that begins with the field's name; empty when nothing is
  public static Optional<String> problem(String text, int most) {
    if (text.length() > most) {
      return Optional.of("must have at most %d characters, has %d".formatted(most, text.length()));
    }
    int nul = text.indexOf(NUL);
    if (nul >= 0) {
      return Optional.of("must not contain NUL (U+0000), has one at character " + nul);
    }
    int surrogate = unpairedSurrogate(text);
    return surrogate < 0
        ? Optional.empty()
        : Optional.of("must be Unicode, has an unpaired surrogate at character " + surrogate);
  }

  /// What is wrong with an id or a name: as [#problem], and it has at least one character and no
  /// control characters.
  public static Optional<String> idProblem(String id, int most) {
    if (id.isBlank()) {
      return Optional.of("is required");
    }
    return problem(id, most)
        .or(
            () ->
                id.chars().anyMatch(Character::isISOControl)
                    ? Optional.of("must not contain control characters")
                    : Optional.empty());
  }

  private static int unpairedSurrogate(String text) {
    for (int i = 0; i < text.length(); i++) {
      char character = text.charAt(i);
      if (Character.isHighSurrogate(character)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        i++;
      } else if (Character.isSurrogate(character)) {
        return i;
      }
    }
    return -1;
  }

  /// The text, or its beginning and how long it was.
  ///
  /// @param most characters of the text
  public static String cut(String text, int most) {
    if (text.length() <= most) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(most - 1)) ? most - 1 : most;
    return "%s… (%d characters)".formatted(text.substring(0, end), text.length());
  }

  /// For one line of a log: cut, and without control characters, so that no text forges a line.
  public static String inLine(String text, int most) {
    var line = new StringBuilder();
    cut(text, most)
        .codePoints()
        .forEach(
            c -> {
              if (Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE) {
                line.append("\\u%04x".formatted(c));
              } else {
                line.appendCodePoint(c);
              }
            });
    return line.toString();
  }
}
