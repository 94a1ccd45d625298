package dev.anneal.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.schemas.Topic.Retention;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// Keeps `docs/flow.md` equal to the catalogue. `-Dflow.write` writes the file anew.
class FlowDocumentTest {
  private static final Path DOCUMENT = Path.of("../docs/flow.md");

  /// One model's story in one topic: training by the trainer, the rest by the deployer. One list of
  /// what people should look at: each kind of alert, so each key, has one writer.
  private static final Set<Topic<?>> TOLD_BY_TWO = Set.of(Topics.LIFECYCLE, Topics.ALERTS);

  @Test
  void documentIsWhatTheCatalogueSays() throws IOException {
    if (System.getProperty("flow.write") != null) {
      Files.createDirectories(DOCUMENT.getParent());
      Files.writeString(DOCUMENT, render());
    }

    assertThat(DOCUMENT)
        .as(
            "run ./mvnw -pl schemas test -Dtest=FlowDocumentTest -Dflow.write after a change of the catalogue")
        .hasContent(render());
  }

  @Test
  void everyTopicHasOneWriterUnlessItIsARequest() {
    for (var topic : Topics.catalogue()) {
      boolean request = topic.writers().contains(Stage.CLIENT);
      if (!request && !TOLD_BY_TWO.contains(topic)) {
        assertThat(topic.writers()).as(topic.name()).hasSize(1);
      }
    }
  }

  @Test
  void everyTopicIsRead() {
    assertThat(Topics.catalogue())
        .allSatisfy(t -> assertThat(t.readers()).as(t.name()).isNotEmpty());
  }

  @Test
  void everyStageReadsAndWrites() {
    for (var stage : Stage.values()) {
      assertThat(Topics.catalogue())
          .as("%s reads", stage)
          .anyMatch(t -> t.readers().contains(stage));
      assertThat(Topics.catalogue())
          .as("%s writes", stage)
          .anyMatch(t -> t.writers().contains(stage));
    }
  }

  private static String render() {
    var text = new StringBuilder();
    text.append(
        """
        # The flow

        Generated from the topic catalogue (`dev.anneal.schemas.Topics`); `FlowDocumentTest` fails when it differs.
        Every topic's name starts with `anneal.`. *client* is any program outside. Each stage also writes
        `anneal.deadletters.<stage>`, left out of the picture.

        ```mermaid
        flowchart LR
        """);
    for (var topic : Topics.catalogue()) {
      if (!topic.name().contains("deadletters")) {
        String node = topic.name().replaceAll("[^a-z]", "_");
        text.append(
            "  %s([\"%s\"])%n"
                .formatted(node, topic.name().replace("anneal.", "").replace("<", "&lt;")));
        sorted(topic.writers()).forEach(s -> text.append("  %s --> %s%n".formatted(s.id(), node)));
        sorted(topic.readers()).forEach(s -> text.append("  %s --> %s%n".formatted(node, s.id())));
      }
    }
    text.append(
        "```\n\n| topic | key | value | written by | read by | kept |\n|---|---|---|---|---|---|\n");
    for (var topic : Topics.catalogue()) {
      text.append(
          "| `%s` | %s | %s | %s | %s | %s |%n"
              .formatted(
                  topic.name(),
                  topic.key().contains("<") ? "`" + topic.key() + "`" : topic.key(),
                  topic.isEvent()
                      ? topic.type().getSimpleName()
                      : "Row (a field per sensor or feature)",
                  names(topic.writers()),
                  names(topic.readers()),
                  kept(topic.retention())));
    }
    text.append("\n## What each stage reads and writes\n");
    for (var stage : Stage.values()) {
      text.append("%n**%s**%n".formatted(stage.id()));
      text.append("- reads %s%n".formatted(topics(t -> t.readers().contains(stage))));
      text.append("- writes %s%n".formatted(topics(t -> t.writers().contains(stage))));
    }
    return text.toString();
  }

  private static String topics(java.util.function.Predicate<Topic<?>> which) {
    return Topics.catalogue().stream()
        .filter(which)
        .map(t -> "`" + t.name() + "`")
        .collect(Collectors.joining(", "));
  }

  private static List<Stage> sorted(Collection<Stage> stages) {
    return Arrays.stream(Stage.values()).filter(stages::contains).toList();
  }

  private static String names(Collection<Stage> stages) {
    return sorted(stages).stream().map(Stage::id).collect(Collectors.joining(", "));
  }

  private static String kept(Retention retention) {
    return switch (retention) {
      case Retention.Compacted() -> "newest of each key";
      case Retention.For(var age) when age.isZero() -> "all";
      case Retention.For(var age) -> age.toDays() + " days";
    };
  }
}
