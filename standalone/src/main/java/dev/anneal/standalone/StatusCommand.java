package dev.anneal.standalone;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "status",
    description = "What serves, what runs, what was decided.",
    mixinStandardHelpOptions = true)
final class StatusCommand implements Callable<Integer> {
  @Mixin private ControlAddress control = new ControlAddress();

  @Override
  public Integer call() throws IOException {
    System.out.println(Output.escaped(control.client().get("/api/status").toPrettyString()));
    return 0;
  }
}
