package dev.anneal.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.boot.convert.DurationStyle;

/// `docs/timeouts.md` names every time limit of the stages and of the command line, with its value.
class TimeoutsDocumentTest {
  private static final Path ROOT = Path.of("..");
  private static final Path DOCUMENT = ROOT.resolve("docs/timeouts.md");

  /// The simulated plants' times are event times; the engine has no clock.
  private static final List<String> LEFT_OUT =
      List.of("/bench/", "/feature-engine/", "/standalone/demo/", "/system-tests/");

  private static final Map<ChronoUnit, String> UNITS =
      Map.of(ChronoUnit.MINUTES, "min", ChronoUnit.HOURS, "h", ChronoUnit.DAYS, "d");
  private static final Pattern CONSTANT =
      Pattern.compile(
          "static final (?:Duration|int|long|String) (\\w+) =\\s*(Duration\\.of\\w+\\([\\d_]+\\)|\"?[\\d_]+\"?);");
  private static final Pattern DURATION = Pattern.compile("Duration\\.of(\\w+)\\(([\\d_]+)\\)");
  private static final Pattern DEFAULT =
      Pattern.compile("@DefaultValue\\(\"(\\d+(?:ms|s|m|h|d))\"\\) Duration (\\w+)");
  private static final Pattern YAML =
      Pattern.compile(
          "(?m)^ *[\\w.-]*?([a-z]+\\.timeout\\.ms|max\\.block\\.ms|[\\w-]*[tT]imeout|connect-retries(?:-interval)?): (\\S+)");

  /// `Class.NAME`, or a settings class and the setting's name.
  private static final Pattern NAMED = Pattern.compile("`(\\w+\\.[A-Z_]+|\\w+Settings` `[a-z-]+)`");

  /// By name as the document has it.
  private static Map<String, Duration> limits() throws IOException {
    var limits = new TreeMap<String, Duration>();
    files("/src/main/java/", ".java").stream()
        .filter(f -> LEFT_OUT.stream().noneMatch(f.toString()::contains))
        .forEach(f -> limits.putAll(limits(f)));
    return limits;
  }

  private static List<Path> files(String directory, String end) throws IOException {
    try (Stream<Path> files = Files.walk(ROOT)) {
      return files
          .filter(f -> f.toString().contains(directory) && f.toString().endsWith(end))
          .toList();
    }
  }

  private static Map<String, Duration> limits(Path file) {
    var limits = new TreeMap<String, Duration>();
    String type = file.getFileName().toString().replace(".java", "");
    String text = read(file);
    CONSTANT
        .matcher(text)
        .results()
        .filter(m -> m.group(2).startsWith("Duration") || m.group(1).matches(".*(MILLIS|SECONDS)"))
        .filter(m -> !m.group(1).startsWith("DAY"))
        .forEach(m -> limits.put(type + "." + m.group(1), constant(m.group(1), m.group(2))));
    DEFAULT
        .matcher(text)
        .results()
        .forEach(
            m ->
                limits.put(
                    type + "` `" + kebab(m.group(2)), DurationStyle.SIMPLE.parse(m.group(1))));
    return limits;
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String kebab(String name) {
    return name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
  }

  private static Duration constant(String name, String value) {
    var duration = DURATION.matcher(value);
    if (duration.matches()) {
      long amount = Long.parseLong(duration.group(2).replace("_", ""));
      return Duration.of(amount, ChronoUnit.valueOf(duration.group(1).toUpperCase(Locale.ROOT)));
    }
    long amount = Long.parseLong(value.replaceAll("[_\"]", ""));
    return name.endsWith("MILLIS") ? Duration.ofMillis(amount) : Duration.ofSeconds(amount);
  }

  /// A row of the table of limits: names, and values in the same order.
  private record Row(String names, String values) {
    private static final Pattern NAME = Pattern.compile("`([^`]+)`");

    /// @param stage of which it has to be, unless it is of every stage
    boolean says(String stage, String name, String value) {
      int at = NAME.matcher(names).results().map(m -> m.group(1)).toList().indexOf(name);
      String[] all = values.strip().split("[,;] ");
      return at >= 0
          && at < all.length
          && (names.contains(stage + "'s") || names.contains("every"))
          && all[at].matches(value);
    }
  }

  private static List<Row> rows() throws IOException {
    return Files.readAllLines(DOCUMENT).stream()
        .map(line -> line.split("\\|", -1))
        .filter(cells -> cells.length > 3 && !cells[2].isBlank() && !cells[1].contains("×"))
        .map(cells -> new Row(cells[1], cells[2]))
        .toList();
  }

  @Test
  void theDocumentHasEveryTimeoutOfTheStagesFiles() throws IOException {
    var rows = rows();
    int compared = 0;
    for (Path file : files("/src/main/resources/", ".yml")) {
      for (var setting : YAML.matcher(read(file)).results().toList()) {
        String name = setting.group(1);
        String value = amount(name, setting.group(2));
        String stage = file.getFileName().toString().replace(".yml", "");
        assertThat(rows).as("%s: %s", stage, name).anyMatch(r -> r.says(stage, name, value));
        compared++;
      }
    }
    assertThat(compared).isGreaterThan(8);
  }

  /// Without a unit a timeout is in milliseconds, the driver's in seconds, and retries are a count.
  private static String amount(String name, String value) {
    if (name.endsWith("retries")) {
      return value;
    }
    String written = name.equals("socketTimeout") ? value + "s" : value;
    return text(
        written.matches("\\d+")
            ? Duration.ofMillis(Long.parseLong(written))
            : DurationStyle.SIMPLE.parse(written));
  }

  @Test
  void theDocumentNamesEveryLimitAndNoOther() throws IOException {
    var limits = limits();
    var named = NAMED.matcher(Files.readString(DOCUMENT)).results().map(m -> m.group(1)).toList();

    assertThat(limits).hasSizeGreaterThan(50);
    assertThat(named).containsAll(limits.keySet());
    assertThat(named.stream().filter(name -> !limits.containsKey(name)))
        .as("counts of looks are no times")
        .allMatch(name -> name.matches(".*(LOOKS|WAITS|NANOS)"));
  }

  @Test
  void theDocumentHasTheirValues() throws IOException {
    var limits = limits();
    int compared = 0;
    for (var row : rows()) {
      for (var name : NAMED.matcher(row.names()).results().map(m -> m.group(1)).toList()) {
        if (limits.containsKey(name)) {
          assertThat(row.values()).as(name).containsPattern(text(limits.get(name)));
          compared++;
        }
      }
    }
    assertThat(compared).isGreaterThan(20);
  }

  /// A whole entry: `5 s` is not in `45 s`.
  private static String text(Duration value) {
    String seconds = BigDecimal.valueOf(value.toMillis(), 3).stripTrailingZeros().toPlainString();
    String larger =
        Stream.of(ChronoUnit.MINUTES, ChronoUnit.HOURS, ChronoUnit.DAYS)
            .filter(unit -> value.toMillis() % unit.getDuration().toMillis() == 0)
            .map(unit -> "|%d %s".formatted(value.dividedBy(unit.getDuration()), UNITS.get(unit)))
            .collect(Collectors.joining());
    return "(?<![\\d.])(%s s%s)".formatted(Pattern.quote(seconds), larger);
  }
}
