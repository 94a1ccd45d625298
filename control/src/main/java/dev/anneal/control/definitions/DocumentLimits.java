package dev.anneal.control.definitions;

import dev.anneal.schemas.Texts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a document may have at most, looked at before anything else is: its texts go into events of
/// at most a megabyte, into SQL, logs and file names, and some are patterns. An alias of YAML
/// counts with all it stands for.
final class DocumentLimits {
  static final int LONGEST_TEXT = 1_000;

  /// Some thousand models.
  static final int MOST_VALUES = 200_000;

  static final int MOST_ITEMS = 10_000;

  /// Of keys and texts, without the models: 1,600 columns, as many as a table of PostgreSQL may
  /// have, several times.
  static final int MOST_CHARACTERS = 512 << 10;

  /// As many columns once.
  static final int MOST_CHARACTERS_OF_MODEL = 128 << 10;

  /// Characters: a column's name in PostgreSQL has 63, one from another system may have more.
  private static final int LONGEST_KEY = 200;
  private static final String MODELS = "models";

  private final List<Problem> problems = new ArrayList<>();
  private int values;
  private long characters;

  private DocumentLimits() {}

  /// What is wrong with the document's extent and texts; with problems, nothing else may be done
  /// with it.
  static List<Problem> problems(Map<?, ?> document) {
    var limits = new DocumentLimits();
    limits.check(document);
    return limits.problems;
  }

  private void check(Map<?, ?> document) {
    document.forEach(
        (key, value) -> {
          if (!MODELS.equals(key)) {
            entry("", key, value);
          }
        });
    require(characters, MOST_CHARACTERS, "");
    if (document.get(MODELS) instanceof List<?> models) {
      requireItems(models, MODELS);
      for (int i = 0; i < models.size() && isWithin(); i++) {
        characters = 0;
        String path = "%s[%d]".formatted(MODELS, i);
        value(path, models.get(i));
        require(characters, MOST_CHARACTERS_OF_MODEL, path);
      }
    } else {
      value(MODELS, document.get(MODELS));
    }
    if (values > MOST_VALUES) {
      add("", "has more than %d values, aliases counted with all they stand for", MOST_VALUES);
    }
  }

  private boolean isWithin() {
    return values <= MOST_VALUES;
  }

  private void value(String path, @Nullable Object value) {
    values++;
    if (!isWithin()) {
      return;
    }
    switch (value) {
      case String text -> {
        characters += text.length();
        Texts.problem(text, LONGEST_TEXT)
            .ifPresent(message -> new Problem(path, message).addTo(problems));
      }
      case Map<?, ?> map -> map.forEach((key, entry) -> entry(path, key, entry));
      case List<?> list -> {
        requireItems(list, path);
        for (int i = 0; i < list.size() && isWithin(); i++) {
          value("%s[%d]".formatted(path, i), list.get(i));
        }
      }
      case null, default -> {}
    }
  }

  private void entry(String path, @Nullable Object key, @Nullable Object value) {
    String written = String.valueOf(key);
    String name = Texts.inLine(written, LONGEST_KEY);
    String at = path.isEmpty() ? name : path + "." + name;
    characters += written.length();
    if (!name.equals(written)) {
      add(at, "is no key: it is too long, or has control characters");
    }
    value(at, value);
  }

  private void requireItems(List<?> list, String path) {
    if (list.size() > MOST_ITEMS) {
      add(path, "has more than %d elements", MOST_ITEMS);
    }
  }

  private void require(long found, int most, String path) {
    if (found > most) {
      add(path, "has more than %d characters in all its keys and texts", most);
    }
  }

  private void add(String path, String message, Object... values) {
    new Problem(path, message.formatted(values)).addTo(problems);
  }
}
