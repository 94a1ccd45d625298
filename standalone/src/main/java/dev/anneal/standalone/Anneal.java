package dev.anneal.standalone;

import dev.anneal.standalone.Commands.Apply;
import dev.anneal.standalone.Commands.Rollback;
import dev.anneal.standalone.Commands.Status;
import dev.anneal.standalone.Commands.Train;
import dev.anneal.standalone.Commands.Watch;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// The command line. Exit codes: 0 done, 1 refused or failed (the reason is on standard error), 2
/// wrong usage.
@Command(
    name = "anneal",
    description = "Continuous training of models on streams.",
    mixinStandardHelpOptions = true,
    version = "anneal 0.1.0",
    subcommands = {
      DemoCommand.class,
      UpCommand.class,
      Apply.class,
      Train.class,
      Watch.class,
      Status.class,
      Rollback.class,
      DeadLettersCommand.class
    })
public final class Anneal {
  public static void main(String[] arguments) {
    // native libraries' threads may linger: the exit code is the answer
    System.exit(run(arguments));
  }

  /// One command.
  ///
  /// @return the exit code
  public static int run(String... arguments) {
    var line = new CommandLine(new Anneal());
    line.setExecutionExceptionHandler(
        (failure, command, _) -> {
          String message = String.valueOf(failure.getMessage());
          command.getErr().println(command.getColorScheme().errorText("anneal: " + message));
          return 1;
        });
    return line.execute(arguments);
  }
}
