package dev.anneal.control.definitions;

import dev.anneal.schemas.NearNames;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// One object of a document while it is read. Whatever is wrong becomes a [Problem] and reading
/// goes on with a placeholder, so that the user learns everything at once; the result counts only
/// when there was no problem. A key nobody asked for is a problem when the section is
/// [closed][#close].
final class Section {
  private static final Set<String> SECRETS =
      Set.of(
          "password",
          "passwd",
          "pwd",
          "secret",
          "token",
          "apikey",
          "credentials",
          "connectionstring");
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final String path;
  private final Map<?, ?> values;
  private final List<Problem> problems;
  private final Set<String> known = new TreeSet<>();

  Section(String path, Map<?, ?> values, List<Problem> problems) {
    this.path = path;
    this.values = values;
    this.problems = problems;
  }

  String path(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  void problem(String key, String message) {
    new Problem(path(key), message).addTo(problems);
  }

  List<Problem> problems() {
    return problems;
  }

  boolean has(String key) {
    return take(key) != null;
  }

  private @Nullable Object take(String key) {
    known.add(key);
    return values.get(key);
  }

  private @Nullable Object required(String key) {
    Object value = take(key);
    if (value == null) {
      problem(key, "is required");
    }
    return value;
  }

  String text(String key) {
    Object value = required(key);
    return value == null ? "" : asText(key, value);
  }

  @Nullable String optionalText(String key) {
    Object value = take(key);
    return value == null ? null : asText(key, value);
  }

  String text(String key, String byDefault) {
    String value = optionalText(key);
    return value == null ? byDefault : value;
  }

  private String asText(String key, Object value) {
    if (value instanceof String text && !text.isBlank()) {
      return text;
    }
    problem(
        key,
        "must be text%s, was %s"
            .formatted(value instanceof String ? "" : " (in quotes?)", shown(value)));
    return "";
  }

  boolean flag(String key, boolean byDefault) {
    Object value = take(key);
    if (value == null || value instanceof Boolean) {
      return value == null ? byDefault : (boolean) value;
    }
    problem(key, "must be true or false, was " + shown(value));
    return byDefault;
  }

  int whole(String key, int byDefault, int min, int max) {
    Object value = take(key);
    if (value == null) {
      return byDefault;
    }
    if (value instanceof Integer number && number >= min && number <= max) {
      return number;
    }
    problem(key, "must be a whole number from %d to %d, was %s".formatted(min, max, shown(value)));
    return byDefault;
  }

  /// A probability or share, both ends excluded.
  double share(String key, double byDefault) {
    Object value = take(key);
    if (value == null) {
      return byDefault;
    }
    if (value instanceof Number number && number.doubleValue() > 0 && number.doubleValue() < 1) {
      return number.doubleValue();
    }
    problem(key, "must be a number between 0 and 1, was " + shown(value));
    return byDefault;
  }

  double positive(String key, double byDefault) {
    Object value = take(key);
    if (value == null) {
      return byDefault;
    }
    if (value instanceof Number number
        && number.doubleValue() > 0
        && Double.isFinite(number.doubleValue())) {
      return number.doubleValue();
    }
    problem(key, "must be a number above 0, was " + shown(value));
    return byDefault;
  }

  /// One of several words.
  String choice(String key, String byDefault, List<String> words) {
    String value = text(key, byDefault);
    if (words.contains(value)) {
      return value;
    }
    if (!value.isEmpty()) {
      problem(key, "must be one of %s, was %s".formatted(String.join(", ", words), shown(value)));
    }
    return byDefault;
  }

  /// A limit that may also be switched off with 0, or unreachable with 1.
  double limit(String key, double byDefault) {
    Object value = take(key);
    if (value == null) {
      return byDefault;
    }
    if (value instanceof Number number && number.doubleValue() >= 0 && number.doubleValue() <= 1) {
      return number.doubleValue();
    }
    problem(key, "must be a number from 0 to 1, was " + shown(value));
    return byDefault;
  }

  /// @return milliseconds
  long duration(String key, long byDefaultMillis, long minMillis, String example) {
    Object value = take(key);
    if (value == null) {
      return byDefaultMillis;
    }
    OptionalLong millis =
        value instanceof String text ? Quantities.millis(text) : OptionalLong.empty();
    if (millis.isPresent() && millis.getAsLong() >= minMillis) {
      return millis.getAsLong();
    }
    problem(
        key,
        millis.isPresent()
            ? "must be longer, was " + shown(value)
            : "must be a duration such as %s, was %s".formatted(example, shown(value)));
    return byDefaultMillis;
  }

  /// @return bytes
  long size(String key, long byDefault) {
    Object value = take(key);
    if (value == null) {
      return byDefault;
    }
    OptionalLong bytes =
        value instanceof String text ? Quantities.bytes(text) : OptionalLong.empty();
    if (bytes.isEmpty() || bytes.getAsLong() < 1) {
      problem(key, "must be a size such as 100 MB, was " + shown(value));
    }
    return bytes.orElse(byDefault);
  }

  /// Runs the reader on the object under the key; a missing one is read as an empty one.
  <T> T section(String key, Function<Section, T> reader) {
    Object value = take(key);
    Map<?, ?> map = Map.of();
    if (value instanceof Map<?, ?> found) {
      map = found;
    } else if (value != null) {
      problem(key, "must be an object, was " + shown(value));
      // what is missing in it is no news then
      return reader.apply(new Section(path(key), map, new ArrayList<>()));
    }
    var section = new Section(path(key), map, problems);
    T result = reader.apply(section);
    section.close();
    return result;
  }

  /// Like [#section], null where there is none.
  <T> @Nullable T optionalSection(String key, Function<Section, T> reader) {
    known.add(key);
    return has(key) ? section(key, reader) : null;
  }

  /// Elements with the keys they are reported under: `tables[0]`.
  Map<String, Object> elements(String key, boolean atLeastOne) {
    Object value = atLeastOne ? required(key) : take(key);
    var elements = new LinkedHashMap<String, Object>();
    if (value instanceof List<?> list) {
      for (int i = 0; i < list.size(); i++) {
        Object element = list.get(i);
        if (element == null) {
          problem("%s[%d]".formatted(key, i), "is empty");
        } else {
          elements.put("%s[%d]".formatted(key, i), element);
        }
      }
      if (atLeastOne && list.isEmpty()) {
        problem(key, "needs at least one element");
      }
    } else if (value != null) {
      problem(key, "must be a list, was " + shown(value));
    }
    return elements;
  }

  /// @param allowed says whether an element may stand there
  /// @param expected ends the sentence "must be …"
  List<String> texts(String key, boolean atLeastOne, Predicate<String> allowed, String expected) {
    var texts = new ArrayList<String>();
    elements(key, atLeastOne)
        .forEach(
            (at, element) -> {
              if (!(element instanceof String text) || !allowed.test(text)) {
                problem(at, "must be %s, was %s".formatted(expected, shown(element)));
              } else if (texts.contains(text)) {
                problem(at, "is there twice: " + shown(text));
              } else {
                texts.add(text);
              }
            });
    return List.copyOf(texts);
  }

  /// Objects of a list, one after the other.
  <T> List<T> sections(String key, Function<Section, T> reader) {
    var results = new ArrayList<T>();
    elements(key, false)
        .forEach(
            (at, element) -> {
              if (element instanceof Map<?, ?> map) {
                var section = new Section(path(at), map, problems);
                results.add(reader.apply(section));
                section.close();
              } else {
                problem(at, "must be an object, was " + shown(element));
              }
            });
    return List.copyOf(results);
  }

  /// Keys that are data, with their values.
  Map<String, Object> entries() {
    var entries = new LinkedHashMap<String, Object>();
    values.forEach(
        (key, value) -> {
          known.add(String.valueOf(key));
          entries.put(String.valueOf(key), value == null ? "" : value);
        });
    return entries;
  }

  /// Runs what throws [IllegalArgumentException] to say what is wrong.
  void check(String key, Consumer<String> checked, String value) {
    try {
      checked.accept(value);
    } catch (IllegalArgumentException e) {
      problem(key, String.valueOf(e.getMessage()));
    }
  }

  /// Reports the keys nobody asked for.
  void close() {
    for (Object key : values.keySet()) {
      String name = String.valueOf(key);
      if (known.contains(name) || Problem.isEnough(problems)) {
        continue;
      }
      if (SECRETS.contains(name.toLowerCase(java.util.Locale.ROOT).replaceAll("[_-]", ""))) {
        problem(
            name,
            "secrets do not belong in a definition: name the variable (passwordEnv) or file (passwordFile)");
      } else {
        problem(name, "unknown key, " + hint(name, known));
      }
    }
  }

  /// The nearest of the known names, or all of them.
  static String hint(String name, Set<String> known) {
    return NearNames.of(name, known)
        .map("did you mean %s?"::formatted)
        .orElse("known are " + String.join(", ", known));
  }

  /// How a value is repeated to its author.
  static String shown(Object value) {
    String text =
        switch (value) {
          case String s -> '"' + s + '"';
          case Map<?, ?> _, List<?> _ -> JSON.writeValueAsString(value);
          default -> String.valueOf(value);
        };
    return text.length() <= 80 ? text : text.substring(0, 77) + "...";
  }
}
