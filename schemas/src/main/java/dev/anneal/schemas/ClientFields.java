package dev.anneal.schemas;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Checks the fields of what clients ask for, the same for Kafka and REST, and collects what is
/// wrong.
public final class ClientFields {
  /// Characters of ids and names: they are keys of tables and records.
  public static final int LONGEST_ID = 200;

  /// Characters of texts for people. Twenty of them fit in an event of 1 MB many times over.
  public static final int LONGEST_TEXT = 1_000;

  /// Entries of a map; there are fewer hyper-parameters.
  public static final int MOST_ENTRIES = 100;

  /// A client's clock may be this far ahead.
  static final Duration AHEAD = Duration.ofDays(1);

  private static final Instant FIRST_REQUEST = Instant.parse("2000-01-01T00:00:00Z");

  /// A time before is most likely one in milliseconds or seconds.
  private static final Instant FIRST_DATA = Instant.parse("1980-01-01T00:00:00Z");

  private static final Instant LAST_DATA = Instant.parse("2200-01-01T00:00:00Z");

  /// What is wrong with one field.
  ///
  /// @param message the end of a sentence that begins with the field's name
  public record Problem(String field, String message) {
    @Override
    public String toString() {
      return field + " " + message;
    }
  }

  private final List<Problem> problems = new ArrayList<>();

  /// An id or name that must be there.
  public ClientFields id(String field, String value) {
    return add(field, Texts.idProblem(value, LONGEST_ID));
  }

  public ClientFields optionalId(String field, @Nullable String value) {
    return value == null ? this : id(field, value);
  }

  /// A text for people, which may be empty.
  public ClientFields text(String field, @Nullable String value) {
    return value == null ? this : add(field, Texts.problem(value, LONGEST_TEXT));
  }

  public ClientFields texts(String field, Map<String, String> values) {
    if (values.size() > MOST_ENTRIES) {
      return add(
          field,
          Optional.of(
              "must have at most %d entries, has %d".formatted(MOST_ENTRIES, values.size())));
    }
    values.forEach(
        (name, value) -> {
          id(field, name);
          text(field + "." + Texts.inLine(name, LONGEST_ID), value);
        });
    return this;
  }

  /// When a request was made, by the client's clock.
  ///
  /// @param received by the broker's
  public ClientFields requestTime(String field, Instant value, Instant received) {
    return between(field, value, FIRST_REQUEST, received.plus(AHEAD));
  }

  /// An event time of data; null: none is given.
  public ClientFields dataTime(String field, @Nullable Instant value) {
    return value == null ? this : between(field, value, FIRST_DATA, LAST_DATA);
  }

  private ClientFields between(String field, Instant value, Instant first, Instant last) {
    return !value.isBefore(first) && !value.isAfter(last)
        ? this
        : add(
            field,
            Optional.of(
                "must lie between %s and %s, was %s; on Kafka it is in microseconds since 1970"
                    .formatted(first, last, value)));
  }

  private ClientFields add(String field, Optional<String> message) {
    message.ifPresent(m -> problems.add(new Problem(field, m)));
    return this;
  }

  public List<Problem> problems() {
    return List.copyOf(problems);
  }

  /// All of them in one text; empty: there are none.
  public Optional<String> message() {
    return problems.isEmpty()
        ? Optional.empty()
        : Optional.of(
            Texts.cut(
                problems.stream().map(Problem::toString).collect(Collectors.joining("; ")),
                LONGEST_TEXT));
  }
}
