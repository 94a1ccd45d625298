package dev.anneal.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.anneal.events.DeadLetter;
import dev.anneal.schemas.Micros;
import dev.anneal.schemas.RowCodec.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What docs/source.md says of PostgreSQL's types: every type in every role, read by the snapshot
/// and by the log.
class SourceTypesTest {
  private static final String PLANT = "types";
  private static final Path DOCUMENT = Path.of("../docs/source.md");
  private static final String HEAD = "| type | value | as a sensor | as the asset | as the time |";

  /// Of columns, and not of rows.
  private static final Set<String> FINDINGS = Set.of("unmapped-column", "missing-column");

  /// A line of the document.
  private record Type(String name, String literal, String line) {}

  /// What becomes of a column of a type. The first letter of a table is its role.
  private enum Role {
    SENSOR("s", "machine_id text, ts bigint, value %s", "'%2$s', %3$d, %1$s"),
    UNMAPPED("u", "machine_id text, ts bigint, value float8, note %s", "'%2$s', %3$d, %3$d, %1$s"),
    ASSET("a", "machine_id %s, ts bigint, value float8", "%1$s, %3$d, %4$d"),
    TIME("t", "machine_id text, ts %s, value float8", "'%2$s', %1$s, %3$d");

    private final String letter;
    private final String columns;
    private final String values;

    Role(String letter, String columns, String values) {
      this.letter = letter;
      this.columns = columns;
      this.values = values;
    }

    String table(int type) {
      return letter + type;
    }

    /// @param phase 1 before the capture, 2 while it runs
    String insert(Type type, int number, int phase) {
      String literal = "'%s'::%s".formatted(type.literal, type.name);
      return "insert into %s values (%s);"
          .formatted(
              table(number), values.formatted(literal, table(number), phase, 10 * number + phase));
    }
  }

  private static List<Type> documented() throws IOException {
    return Files.readAllLines(DOCUMENT).stream()
        .dropWhile(line -> !line.equals(HEAD))
        .skip(2)
        .takeWhile(line -> line.startsWith("| "))
        .map(
            line -> {
              String[] cells = line.split(" \\| ");
              return new Type(cell(cells[0].substring(2)), cell(cells[1]), line);
            })
        .toList();
  }

  private static String cell(String markdown) {
    return markdown.strip().replace("`", "");
  }

  @Test
  void everyTypeIsReadAsTheDocumentSays(@TempDir Path directory) throws Exception {
    var types = documented();
    assertThat(types).hasSizeGreaterThan(30);
    try (var fixture = new IngestFixture(directory)) {
      // Given a row of every type in every role
      fixture.createControlTables();
      fixture.postgres().createDatabase(PLANT);
      fixture.execute(
          PLANT,
          """
          create type mode as enum ('off', 'on');
          create domain celsius as numeric(6, 2);
          create domain ratio as float8 check (value >= 0);
          create domain tag as varchar(40);
          """);
      fixture.execute(
          PLANT,
          ofAll(
              types,
              (role, i) ->
                  "create table %s (%s);"
                      .formatted(role.table(i), role.columns.formatted(types.get(i).name))));
      insert(fixture, types, 1);
      fixture.startIngest();
      fixture.define(
          PLANT,
          fixture
              .organization(PLANT, PLANT, "[suat][0-9]+")
              .replaceAll("\\{\"column\": \"temp\"[^}]*},", "")
              .replace("\"column\": \"vib\"", "\"column\": \"value\"")
              .replace("\"qualityColumn\": \"quality\",", "")
              .replaceAll("(?s),\\s*\"outcomes\": \\{[^}]*}", ""));
      awaitRows(fixture, types.size());

      // When
      insert(fixture, types, 2);

      // Then
      var cells = awaitRows(fixture, 2 * types.size());
      var lines = new ArrayList<String>();
      for (int i = 0; i < types.size(); i++) {
        lines.add(line(types.get(i), i, cells));
      }
      assertThat(lines).isEqualTo(types.stream().map(Type::line).toList());
    }
  }

  private static void insert(IngestFixture fixture, List<Type> types, int phase)
      throws SQLException {
    fixture.execute(PLANT, ofAll(types, (role, i) -> role.insert(types.get(i), i, phase)));
  }

  /// The statements of every type in every role.
  private static String ofAll(List<Type> types, BiFunction<Role, Integer, String> sql) {
    return IntStream.range(0, types.size())
        .boxed()
        .flatMap(i -> Arrays.stream(Role.values()).map(role -> sql.apply(role, i)))
        .collect(Collectors.joining());
  }

  /// By table, what became of its rows: a value, or the code of a dead letter.
  private static Map<String, List<String>> awaitRows(IngestFixture fixture, int ofRole) {
    return await()
        .until(
            () -> rows(fixture),
            rows ->
                rows.values().stream().mapToInt(List::size).sum() >= Role.values().length * ofRole);
  }

  private static Map<String, List<String>> rows(IngestFixture fixture) {
    var rows = new HashMap<String, List<String>>();
    for (var record : fixture.telemetry(PLANT, List.of("vibration"))) {
      Row row = record.value();
      double value = row.values()[0];
      String table = record.key();
      String cell;
      if (table.matches("[sut]\\d+")) {
        cell =
            table.startsWith("t")
                ? Micros.toInstant(row.eventTimeMicros()).toString()
                : Double.toString(value);
      } else {
        table = "a" + (int) value / 10;
        cell = "`" + record.key() + "`";
      }
      rows.computeIfAbsent(table, _ -> new ArrayList<>()).add(cell);
    }
    for (DeadLetter letter : fixture.deadLetters()) {
      if (PLANT.equals(letter.getOrganization()) && !FINDINGS.contains(letter.getCode())) {
        rows.computeIfAbsent(letter.getTopic().replace("public.", ""), _ -> new ArrayList<>())
            .add("`" + letter.getCode() + "`");
      }
    }
    return rows;
  }

  private static String line(Type type, int number, Map<String, List<String>> cells) {
    var unmapped = cells.getOrDefault(Role.UNMAPPED.table(number), List.of("none" + cells));
    assertThat(unmapped).as(type.name).containsExactlyInAnyOrder("1.0", "2.0");
    var shown = new ArrayList<String>();
    for (Role role : List.of(Role.SENSOR, Role.ASSET, Role.TIME)) {
      var both = cells.getOrDefault(role.table(number), List.of());
      shown.add(
          both.size() == 2 && both.getFirst().equals(both.getLast())
              ? both.getFirst()
              : both.toString());
    }
    return "| `%s` | `%s` | %s | %s | %s |"
        .formatted(type.name, type.literal, shown.get(0), shown.get(1), shown.get(2));
  }
}
