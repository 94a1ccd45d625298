package dev.anneal.standalone;

import dev.anneal.events.CommandRejected;
import dev.anneal.events.DeployAction;
import dev.anneal.events.DeployCommand;
import dev.anneal.events.LifecycleEvent;
import dev.anneal.events.ModelRolledBack;
import java.io.IOException;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "rollback",
    description = {
      "Put the version back in service that the serving one replaced.",
      "Exit code 0: it serves; 1: refused, for the reason on standard error."
    },
    mixinStandardHelpOptions = true)
final class RollbackCommand implements Callable<Integer> {
  /// Reading back takes milliseconds, loading 100 MB of trees some seconds.
  @Mixin private KafkaAddress address = new KafkaAddress();
  @Mixin private ModelName name = new ModelName();

  @Option(names = "--to", paramLabel = "VERSION", description = "This version instead.")
  private @Nullable String version;

  @Option(
      names = "--reason",
      description = "For those who read the lifecycle later.",
      defaultValue = "asked for by hand")
  private String reason = "";

  @Override
  public Integer call() throws IOException {
    var command =
        DeployCommand.newBuilder()
            .setCommandId(UUID.randomUUID().toString())
            .setOrganization(name.organization())
            .setModel(name.model())
            .setAction(DeployAction.ROLLBACK)
            .setToVersion(version)
            .setRequestedBy(Output.user())
            .setReason(reason)
            .setRequestedAt(Instant.now())
            .build();
    try (var kafka = address.client()) {
      kafka.openLifecycle();
      kafka.ask(command);
      return kafka.await(
          AnswerWait.LONGEST,
          event -> after(event, command.getCommandId()),
          "command " + command.getCommandId());
    }
  }

  private static Outcome after(LifecycleEvent event, String commandId) {
    if (!commandId.equals(event.getCausedBy())) {
      return new Outcome.Open();
    }
    Output.print(event);
    return switch (event.getEvent()) {
      case ModelRolledBack _ -> new Outcome.Done();
      case CommandRejected rejected -> new Outcome.Failed(rejected.getMessage());
      default -> new Outcome.Open();
    };
  }
}
