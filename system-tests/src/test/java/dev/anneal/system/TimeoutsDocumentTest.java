package dev.anneal.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// `docs/timeouts.md` names every time limit of the stages and of the command line, with its value.
class TimeoutsDocumentTest {
  private static final Path ROOT = Path.of("..");
  private static final Path DOCUMENT = ROOT.resolve("docs/timeouts.md");

  /// The simulated plants' times are event times; the engine has no clock.
  private static final List<String> LEFT_OUT =
      List.of("/bench/", "/feature-engine/", "/standalone/demo/", "/system-tests/");

  private static final Pattern CONSTANT =
      Pattern.compile(
          "static final (?:Duration|int|long|String) (\\w+) =\\s*(Duration\\.of\\w+\\([\\d_]+\\)|\"?[\\d_]+\"?);");
  private static final Pattern DURATION = Pattern.compile("Duration\\.of(\\w+)\\(([\\d_]+)\\)");
  private static final Pattern NAMED = Pattern.compile("`(\\w+\\.[A-Z_]+)`");

  /// By `Class.NAME`.
  private static Map<String, Duration> limits() throws IOException {
    var limits = new TreeMap<String, Duration>();
    try (Stream<Path> files = Files.walk(ROOT)) {
      files
          .filter(f -> f.toString().contains("/src/main/java/") && f.toString().endsWith(".java"))
          .filter(f -> LEFT_OUT.stream().noneMatch(f.toString()::contains))
          .forEach(f -> limits.putAll(limits(f)));
    }
    return limits;
  }

  private static Map<String, Duration> limits(Path file) {
    var limits = new TreeMap<String, Duration>();
    String type = file.getFileName().toString().replace(".java", "");
    try {
      CONSTANT
          .matcher(Files.readString(file))
          .results()
          .filter(
              m -> m.group(2).startsWith("Duration") || m.group(1).matches(".*(MILLIS|SECONDS)"))
          .filter(m -> !m.group(1).startsWith("DAY"))
          .forEach(m -> limits.put(type + "." + m.group(1), value(m.group(1), m.group(2))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return limits;
  }

  private static Duration value(String name, String value) {
    var duration = DURATION.matcher(value);
    if (duration.matches()) {
      long amount = Long.parseLong(duration.group(2).replace("_", ""));
      return switch (duration.group(1)) {
        case "Millis" -> Duration.ofMillis(amount);
        case "Seconds" -> Duration.ofSeconds(amount);
        case "Minutes" -> Duration.ofMinutes(amount);
        case "Hours" -> Duration.ofHours(amount);
        case "Days" -> Duration.ofDays(amount);
        default -> throw new IllegalStateException(value);
      };
    }
    long amount = Long.parseLong(value.replaceAll("[_\"]", ""));
    return name.endsWith("MILLIS") ? Duration.ofMillis(amount) : Duration.ofSeconds(amount);
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
    for (String row : Files.readAllLines(DOCUMENT)) {
      String[] cells = row.split("\\|", -1);
      if (cells.length < 4 || cells[2].isBlank() || cells[1].contains("×")) {
        continue;
      }
      for (var name : NAMED.matcher(cells[1]).results().map(m -> m.group(1)).toList()) {
        if (limits.containsKey(name)) {
          assertThat(cells[2]).as(name).containsPattern(text(limits.get(name)));
          compared++;
        }
      }
    }
    assertThat(compared).isGreaterThan(20);
  }

  /// A whole entry: `5 s` is not in `45 s`.
  private static String text(Duration value) {
    String seconds = BigDecimal.valueOf(value.toMillis(), 3).stripTrailingZeros().toPlainString();
    String minutes = value.toSecondsPart() == 0 ? "|%d min".formatted(value.toMinutes()) : "";
    return "(?<![\\d.])(%s s%s)".formatted(Pattern.quote(seconds), minutes);
  }
}
