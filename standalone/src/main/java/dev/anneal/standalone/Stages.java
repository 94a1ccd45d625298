package dev.anneal.standalone;

import dev.anneal.control.ControlApplication;
import dev.anneal.deployer.DeployerApplication;
import dev.anneal.embedded.HeldPort;
import dev.anneal.embedded.Ports;
import dev.anneal.featurestream.FeatureStreamApplication;
import dev.anneal.ingest.IngestApplication;
import dev.anneal.notifier.NotifierApplication;
import dev.anneal.trainer.TrainerApplication;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.context.ConfigurableApplicationContext;

/// Starts the stages: control first, whose tables the others read; the rest side by side.
final class Stages {
  /// A port that was free when it was chosen may be taken when it is bound.
  private static final int MOST_CLASHES = 5;

  private final List<String> arguments;
  private final Opened opened;
  private final Consumer<String> progress;

  /// @param arguments of every stage
  /// @param opened gets each as soon as it has started, so that it can be closed
  Stages(List<String> arguments, Opened opened, Consumer<String> progress) {
    this.arguments = arguments;
    this.opened = opened;
    this.progress = progress;
  }

  /// @param control its port; closed when it serves there
  /// @param deployer its port, likewise
  /// @return the ports on which the two serve
  List<Integer> start(HeldPort control, HeldPort deployer) throws IOException {
    int controlPort = web("control", ControlApplication::application, control).await(progress);
    var all = new ArrayList<Starting<Integer>>();
    all.add(web("deployer", DeployerApplication::application, deployer));
    all.add(stage("trainer", TrainerApplication::application));
    all.add(stage("feature-stream", FeatureStreamApplication::application));
    all.add(stage("notifier", NotifierApplication::application));
    all.add(stage("ingest", IngestApplication::application));
    try {
      int deployerPort = all.getFirst().await(progress);
      for (var stage : all) {
        stage.await(progress);
      }
      return List.of(controlPort, deployerPort);
    } catch (IOException e) {
      all.forEach(Starting::awaitQuietly);
      throw e;
    }
  }

  private Starting<Integer> stage(String name, Supplier<SpringApplicationBuilder> program) {
    return new Starting<>(
        name,
        "",
        () -> {
          opened.add(name, program.get().run(arguments.toArray(String[]::new)));
          return 0;
        });
  }

  private Starting<Integer> web(
      String name, Supplier<SpringApplicationBuilder> program, HeldPort first) {
    return new Starting<>(
        name,
        "",
        () -> {
          HeldPort held = first;
          for (int clash = 1; ; clash++) {
            try {
              opened.add(name, run(program.get(), held));
              return held.port();
            } catch (RuntimeException e) {
              if (clash == MOST_CLASHES || !isPortInUse(e)) {
                throw e;
              }
              held = opened.add(name + "'s port", Ports.preferably().take());
            }
          }
        });
  }

  private ConfigurableApplicationContext run(SpringApplicationBuilder program, HeldPort held) {
    var all = new ArrayList<>(arguments);
    all.add("--server.port=" + held.port());
    return program
        .initializers(
            context ->
                context.getBeanFactory().registerSingleton("heldPort", new PortRelease(held)))
        .run(all.toArray(String[]::new));
  }

  private static boolean isPortInUse(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof PortInUseException) {
        return true;
      }
    }
    return false;
  }
}
