package dev.anneal.standalone;

import java.io.PrintWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/// The command line. Exit codes: 0 done, 1 refused or failed (the reason is on standard error), 2
/// wrong usage.
@Command(
    name = "anneal",
    description = "Continuous training of models on streams.",
    mixinStandardHelpOptions = true,
    version = "anneal 0.1.0",
    footer = "Benchmarks: ./anneal bench --help",
    subcommands = {
      DemoCommand.class,
      UpCommand.class,
      ApplyCommand.class,
      TrainCommand.class,
      CancelCommand.class,
      WatchCommand.class,
      StatusCommand.class,
      RollbackCommand.class,
      DeadLettersCommand.class,
      HelpCommand.class
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
    line.setParameterExceptionHandler((failure, _) -> usage(failure));
    line.setExecutionExceptionHandler(
        (failure, command, _) -> {
          command.getErr().println("anneal: " + message(failure));
          return 1;
        });
    return line.execute(arguments);
  }

  private static int usage(ParameterException failure) {
    CommandLine command = failure.getCommandLine();
    PrintWriter err = command.getErr();
    boolean isNoCommand =
        failure instanceof UnmatchedArgumentException unmatched
            && command.getParent() == null
            && !unmatched.isUnknownOption();
    err.println(
        "anneal: "
            + (isNoCommand
                ? "there is no command %s; there are %s"
                    .formatted(
                        ((UnmatchedArgumentException) failure).getUnmatched().getFirst(),
                        String.join(", ", command.getSubcommands().keySet()))
                : failure.getMessage()));
    err.printf("see ./%s --help%n", command.getCommandSpec().qualifiedName());
    return CommandLine.ExitCode.USAGE;
  }

  private static String message(Exception failure) {
    return switch (failure) {
      case NoSuchFileException e -> "there is no " + e.getFile();
      case AccessDeniedException e -> "no right to use " + e.getFile();
      case FileSystemException e when e.getReason() == null -> "cannot use " + e.getFile();
      default ->
          failure.getMessage() == null ? failure.toString() : String.valueOf(failure.getMessage());
    };
  }
}
