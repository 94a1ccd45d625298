package dev.anneal.standalone;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "deadletters",
    description =
        "What the stages could not use and why, the newest first, one JSON object a line.",
    mixinStandardHelpOptions = true)
final class DeadLettersCommand implements Callable<Integer> {
  @Mixin private ControlAddress control = new ControlAddress();

  @Option(
      names = {"-o", "--org"},
      description = "Only of this organization.")
  private @Nullable String organization;

  @Option(names = "--stage", description = "Only of this stage, e.g. ingest or feature-stream.")
  private @Nullable String stage;

  @Option(
      names = "--limit",
      description = "At most this many (default: ${DEFAULT-VALUE}).",
      defaultValue = "20")
  private int limit = 20;

  @Override
  public Integer call() throws IOException {
    String path =
        "/api/deadletters?limit="
            + limit
            + parameter("organization", organization)
            + parameter("stage", stage);
    JsonNode answer = control.client().get(path);
    answer.path("deadLetters").forEach(Output::print);
    if (!answer.path("complete").asBoolean(true)) {
      System.err.println("older dead letters were not looked at; there may be more");
    }
    return 0;
  }

  private static String parameter(String name, @Nullable String value) {
    return value == null
        ? ""
        : "&%s=%s".formatted(name, URLEncoder.encode(value, StandardCharsets.UTF_8));
  }
}
