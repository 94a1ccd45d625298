package dev.anneal.standalone;

import dev.anneal.control.definitions.DefinitionReader;
import dev.anneal.control.definitions.Problem;
import dev.anneal.events.Cause;
import dev.anneal.events.CommandRejected;
import dev.anneal.events.LifecycleEvent;
import dev.anneal.events.ModelDeployed;
import dev.anneal.events.ModelRejected;
import dev.anneal.events.TrainRequest;
import dev.anneal.events.TrainingCancelled;
import dev.anneal.events.TrainingFailed;
import dev.anneal.events.TrainingQueued;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "train",
    description = {
      "Publish a TrainRequest, as any Kafka client would.",
      "Exit code 0: queued (with --wait: a model of it is in service); 1: refused, failed or rejected."
    },
    mixinStandardHelpOptions = true)
final class TrainCommand implements Callable<Integer> {
  @Mixin private KafkaAddress address = new KafkaAddress();
  @Mixin private ModelName name = new ModelName();

  @Option(names = "--wait", description = "Until the model is in service, or will not be.")
  private boolean wait;

  @Option(
      names = "--reason",
      description = "For those who read the lifecycle later.",
      defaultValue = "asked for by hand")
  private String reason = "";

  @Option(
      names = "--set",
      paramLabel = "NAME=VALUE",
      description = "Hyper-parameter for this run only, e.g. --set numLeaves=63.")
  private Map<String, String> overrides = Map.of();

  @Option(
      names = "--timeout",
      description = "Of the wait (default: ${DEFAULT-VALUE}).",
      defaultValue = "2h",
      converter = DurationConverter.class)
  private Duration timeout = Duration.ofHours(2);

  /// Ours, or the one that it was made part of.
  private String followed = "";

  @Override
  public Integer call() throws IOException {
    checkOverrides();
    var request =
        TrainRequest.newBuilder()
            .setRequestId(UUID.randomUUID().toString())
            .setOrganization(name.organization())
            .setModel(name.model())
            .setCause(Cause.MANUAL)
            .setReason(reason)
            .setRequestedBy(Output.user())
            .setRequestedAt(Instant.now())
            .setOverrides(overrides)
            .build();
    try (var kafka = address.client()) {
      kafka.openLifecycle();
      kafka.ask(request);
      followed = request.getRequestId();
      Duration limit = wait ? timeout : AnswerWait.LONGEST;
      return kafka.await(limit, this::after, "request " + request.getRequestId());
    }
  }

  /// The trainer would refuse them too, but only when it comes to the request.
  private void checkOverrides() throws IOException {
    var values = new LinkedHashMap<String, Object>();
    overrides.forEach((parameter, value) -> values.put(parameter, value(value)));
    var problems = DefinitionReader.overrideProblems(values);
    if (!problems.isEmpty()) {
      throw new IOException(
          problems.stream()
              .map(Problem::toString)
              .map(problem -> problem.replaceFirst("^overrides[.:] ?", "--set "))
              .collect(Collectors.joining("\n")));
    }
  }

  private static Object value(String text) {
    if (text.matches("true|false")) {
      return Boolean.valueOf(text);
    }
    try {
      return Integer.valueOf(text);
    } catch (NumberFormatException _) {
      try {
        return Double.valueOf(text);
      } catch (NumberFormatException _) {
        return text;
      }
    }
  }

  private Outcome after(LifecycleEvent event) {
    if (!followed.equals(event.getRequestId())) {
      return new Outcome.Open();
    }
    Output.print(event);
    return switch (event.getEvent()) {
      case TrainingQueued queued -> {
        String into = queued.getCoalescedInto();
        followed = into == null ? followed : into;
        yield wait ? new Outcome.Open() : new Outcome.Done();
      }
      case ModelDeployed _ -> new Outcome.Done();
      case TrainingFailed failed when !failed.getWillRetry() ->
          new Outcome.Failed(
              "training failed, %s: %s".formatted(failed.getCode(), failed.getMessage()));
      case TrainingCancelled cancelled ->
          new Outcome.Failed("training was cancelled: " + cancelled.getReason());
      case ModelRejected rejected ->
          new Outcome.Failed("the gate rejected the model: " + rejected.getReason());
      case CommandRejected rejected -> new Outcome.Failed(rejected.getMessage());
      default -> new Outcome.Open();
    };
  }
}
