package dev.anneal.deployer;

import dev.anneal.deployer.Decisions.OnCommand;
import dev.anneal.deployer.ModelState.Made;
import dev.anneal.events.LifecycleEvent;
import dev.anneal.stage.FailPoint;
import java.time.InstantSource;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Carries out commands: a rollback is a deployment of an older version that has served before.
/// Order of publishing: the deployment, then ModelRolledBack.
final class CommandHandler {
  private static final Logger LOG = LoggerFactory.getLogger(CommandHandler.class);

  private final ModelStates states;
  private final Definitions definitions;
  private final ServingModels serving;
  private final VersionLoader loader;
  private final DeploymentLog deployments;
  private final Consumer<LifecycleEvent> lifecycle;
  private final InstantSource clock;

  CommandHandler(
      ModelStates states,
      Definitions definitions,
      ServingModels serving,
      VersionLoader loader,
      DeploymentLog deployments,
      Consumer<LifecycleEvent> lifecycle,
      InstantSource clock) {
    this.states = states;
    this.definitions = definitions;
    this.serving = serving;
    this.loader = loader;
    this.deployments = deployments;
    this.lifecycle = lifecycle;
    this.clock = clock;
  }

  void apply(RollbackCommand command) {
    switch (deployments.exclusively(command.key(), () -> carryOut(command))) {
      case OnCommand.Complete(var deployment) -> publishRolledBack(command, deployment);
      case OnCommand.Refused(var code, var message) -> {
        LOG.info("{}: command {} is refused: {}", command.key(), command.commandId(), message);
        lifecycle.accept(Wire.refused(command, code, message, clock.instant()));
      }
      case OnCommand.Ended(), OnCommand.RollBack _ -> {}
    }
    FailPoint.DEPLOYER_COMMAND_ANSWERED.hit();
  }

  private OnCommand carryOut(RollbackCommand command) {
    var decision = decide(command);
    if (!(decision instanceof OnCommand.RollBack rollBack)) {
      return decision;
    }
    var deployment = Decisions.deployment(command, rollBack, clock.instant());
    deployments.append(deployment);
    return new OnCommand.Complete(Made.of(deployment));
  }

  private OnCommand decide(RollbackCommand command) {
    var decision =
        Decisions.onCommand(
            states.of(command.key()), command, definitions.find(command.key()).isPresent());
    if (!(decision instanceof OnCommand.RollBack rollBack)) {
      return decision;
    }
    if (serving.isReady(rollBack.to())) {
      return decision;
    }
    try {
      // a damaged artifact must not become the truth: every digest is read before the record is
      // written
      loader.load(rollBack.to()).close();
      return decision;
    } catch (UnusableVersionException e) {
      return new OnCommand.Refused("unusable-version", String.valueOf(e.getMessage()));
    }
  }

  private void publishRolledBack(RollbackCommand command, Made deployment) {
    LOG.info("{}: rolled back to {}", command.key(), deployment.version());
    lifecycle.accept(Wire.rolledBack(command, deployment, clock.instant()));
  }
}
