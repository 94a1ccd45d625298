package dev.anneal.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.standalone.Anneal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/// What the documents say can be typed is understood: commands, their options, the files and
/// modules they name; and the variables they list are read.
class DocumentsTest {
  private static final Path ROOT = Path.of("..");
  private static final Pattern COMMAND = Pattern.compile("\\./(anneal|mvnw)\\b([^`#|&;\n]*)");
  private static final Pattern VARIABLE = Pattern.compile("(?m)^\\| `([A-Z_]+)` \\|");
  private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([A-Z_]+)");
  private static final Set<String> PHASES =
      Set.of("clean", "validate", "compile", "test", "package", "verify", "install");
  private static final Set<String> FLAGS = Set.of("-B", "-ntp", "-o", "-q", "-am");

  private static List<String> commands(String program) throws IOException {
    var found = new ArrayList<String>();
    for (Path document : documents()) {
      COMMAND
          .matcher(Files.readString(document))
          .results()
          .filter(command -> command.group(1).equals(program))
          .forEach(command -> found.add(command.group(2).strip()));
    }
    return found;
  }

  private static List<Path> documents() throws IOException {
    try (var files = Files.walk(ROOT.resolve("docs"))) {
      return Stream.concat(Stream.of(ROOT.resolve("README.md")), files)
          .filter(file -> file.toString().endsWith(".md"))
          .sorted()
          .toList();
    }
  }

  static List<String> annealCommands() throws IOException {
    return commands("anneal");
  }

  static List<String> mavenCommands() throws IOException {
    return commands("mvnw");
  }

  @ParameterizedTest
  @MethodSource("annealCommands")
  void annealUnderstandsTheCommand(String command) throws IOException {
    String[] words = command.split("\\s+");
    String launcher = Files.readString(ROOT.resolve("anneal"));
    if (launcher.contains("\"${1:-}\" = %s ]".formatted(words[0]))) {
      return; // a program of its own, which this module does not know
    }

    var parsed = new CommandLine(new Anneal()).parseArgs(words); // throws where it does not

    assertThat(parsed.subcommand()).as(command).isNotNull();
    assertThat(Stream.of(words).filter(word -> word.startsWith("docs/")))
        .allSatisfy(file -> assertThat(ROOT.resolve(file)).exists());
  }

  @ParameterizedTest
  @MethodSource("mavenCommands")
  void mavenUnderstandsTheCommand(String command) throws IOException {
    String pom = Files.readString(ROOT.resolve("pom.xml"));
    var words = new ArrayList<>(List.of(command.split("\\s+")));
    int modules = words.indexOf("-pl");
    if (modules >= 0) {
      for (String module : words.get(modules + 1).split(",")) {
        assertThat(pom).contains("<module>%s</module>".formatted(module));
      }
      words.subList(modules, modules + 2).clear();
    }
    String chaos =
        Files.readString(Path.of("src/test/java/dev/anneal/system/chaos/ChaosTest.java"));
    assertThat(words)
        .isNotEmpty()
        .allSatisfy(word -> assertThat(isKnown(word, pom, chaos)).isTrue());
  }

  private static boolean isKnown(String word, String pom, String chaos) {
    if (word.startsWith("-D")) {
      String property = word.substring(2).replaceAll("=.*", "");
      return property.equals("test")
          || pom.contains("<name>%s</name>".formatted(property))
          || chaos.contains("\"%s\"".formatted(property));
    }
    if (word.startsWith("-P")) {
      return pom.contains("<id>%s</id>".formatted(word.substring(2)));
    }
    return PHASES.contains(word)
        || FLAGS.contains(word)
        || (word.contains(":")
            && pom.contains("<artifactId>%s-maven-plugin<".formatted(word.replaceAll(":.*", ""))));
  }

  @Test
  void variablesOfTheDocumentAreThoseThatStagesRead() throws IOException {
    var listed = new TreeSet<String>();
    VARIABLE
        .matcher(Files.readString(ROOT.resolve("docs/variables.md")))
        .results()
        .forEach(row -> listed.add(row.group(1)));

    var read = new TreeSet<>(Set.of("POSTGRES_CONN_STR"));
    for (String stage : DockerComposeTest.stages().toList()) {
      String file = "%1$s/src/main/resources/%1$s.yml".formatted(stage);
      PLACEHOLDER
          .matcher(Files.readString(ROOT.resolve(file)))
          .results()
          .forEach(placeholder -> read.add(placeholder.group(1)));
    }
    assertThat(listed).isEqualTo(read);
  }

  @Test
  void readmeSaysHowToTryAndHowToUse() throws IOException {
    assertThat(commands("anneal"))
        .extracting(command -> command.split("\\s+")[0])
        .contains("demo", "up", "apply", "train", "cancel", "watch", "status", "rollback");
    assertThat(commands("mvnw")).contains("verify");
  }
}
