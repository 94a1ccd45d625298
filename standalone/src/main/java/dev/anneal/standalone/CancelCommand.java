package dev.anneal.standalone;

import dev.anneal.events.CommandRejected;
import dev.anneal.events.LifecycleEvent;
import dev.anneal.events.ModelTrained;
import dev.anneal.events.TrainCancel;
import dev.anneal.events.TrainingCancelled;
import dev.anneal.events.TrainingFailed;
import java.io.IOException;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "cancel",
    description = {
      "End the training of a model that runs or waits.",
      "Exit code 0: it is cancelled; 1: refused or too late, for the reason on standard error."
    },
    mixinStandardHelpOptions = true)
final class CancelCommand implements Callable<Integer> {
  /// What runs is asked twice a second; ending its process takes seconds at most.
  @Mixin private KafkaAddress address = new KafkaAddress();
  @Mixin private ModelName name = new ModelName();

  @Option(
      names = "--request",
      paramLabel = "ID",
      description = "Only the training of this request.")
  private @Nullable String request;

  @Option(
      names = "--reason",
      description = "For those who read the lifecycle later.",
      defaultValue = "asked for by hand")
  private String reason = "";

  @Override
  public Integer call() throws IOException {
    var cancel =
        TrainCancel.newBuilder()
            .setCancelId(UUID.randomUUID().toString())
            .setOrganization(name.organization())
            .setModel(name.model())
            .setRequestId(request)
            .setRequestedBy(Output.user())
            .setReason(reason)
            .setRequestedAt(Instant.now())
            .build();
    try (var kafka = address.client()) {
      kafka.openLifecycle();
      kafka.ask(cancel);
      return kafka.await(
          AnswerWait.LONGEST,
          event -> told(after(event, cancel), event),
          "cancel " + cancel.getCancelId());
    }
  }

  private static Outcome told(Outcome outcome, LifecycleEvent event) {
    if (!(outcome instanceof Outcome.Open)) {
      Output.print(event);
    }
    return outcome;
  }

  /// What an event says of a cancel.
  static Outcome after(LifecycleEvent event, TrainCancel cancel) {
    if (event.getEvent() instanceof CommandRejected rejected) {
      return rejected.getCommandId().equals(cancel.getCancelId())
          ? new Outcome.Failed(rejected.getMessage())
          : new Outcome.Open();
    }
    boolean isMeant =
        event.getOrganization().equals(cancel.getOrganization())
            && event.getModel().equals(cancel.getModel())
            && (cancel.getRequestId() == null
                || cancel.getRequestId().equals(event.getRequestId()));
    if (!isMeant) {
      return new Outcome.Open();
    }
    return switch (event.getEvent()) {
      case TrainingCancelled _ -> new Outcome.Done();
      case ModelTrained _ -> new Outcome.Failed("the training had ended: its model is trained");
      case TrainingFailed failed when !failed.getWillRetry() ->
          new Outcome.Failed("the training had ended: it failed, " + failed.getCode());
      default -> new Outcome.Open();
    };
  }
}
