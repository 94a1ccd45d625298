package dev.anneal.stage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FailPointTest {
  /// Hits a point twice, prints before each hit.
  static final class TwoHits {
    public static void main(String[] arguments) {
      System.out.println("first");
      FailPoint.TRAINER_EVENT_SENT.hit();
      FailPoint.TRAINER_EVENT_UNSENT.hit();
      System.out.println("second");
      FailPoint.TRAINER_EVENT_SENT.hit();
      System.out.println("end");
    }
  }

  private record Run(int exit, List<String> lines) {}

  @Test
  void aPointThatIsNotArmedDoesNothing() throws Exception {
    assertThat(run()).isEqualTo(new Run(0, List.of("first", "second", "end")));
  }

  @Test
  void anArmedPointHaltsTheProcess() throws Exception {
    assertThat(run("-Danneal.fail-point=trainer-event-sent"))
        .isEqualTo(new Run(FailPoint.EXIT, List.of("first")));
  }

  @Test
  void anArmedPointHaltsAtItsHit() throws Exception {
    assertThat(run("-Danneal.fail-point=trainer-event-sent@2"))
        .isEqualTo(new Run(FailPoint.EXIT, List.of("first", "second")));
  }

  @Test
  void anUnknownPointIsRefusedWithTheList() throws Exception {
    var run = run("-Danneal.fail-point=trainer-event-lost");

    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.lines())
        .anyMatch(l -> l.contains("trainer-event-lost"))
        .anyMatch(l -> l.contains("trainer-event-sent"));
  }

  @ParameterizedTest
  @EnumSource(FailPoint.class)
  void everyPointStandsInTheStageItIsNamedAfter(FailPoint point) throws IOException {
    String stage = point.id().substring(0, point.id().indexOf('-'));
    try (Stream<Path> files = Files.walk(Path.of("..", stage, "src/main/java"))) {
      assertThat(files.filter(f -> f.toString().endsWith(".java")).map(FailPointTest::read))
          .anyMatch(source -> source.contains("FailPoint." + point.name() + ".hit()"));
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static Run run(String... options) throws IOException, InterruptedException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(options));
    command.add(TwoHits.class.getName());
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    Process process = builder.start();
    var lines =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
            .lines()
            .toList();
    return new Run(process.waitFor(), lines);
  }
}
