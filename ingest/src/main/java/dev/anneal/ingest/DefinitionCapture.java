package dev.anneal.ingest;

import dev.anneal.stage.StageKafka;
import dev.anneal.stage.TopicAdmin;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.core.simple.JdbcClient;

/// The supervised capture of the app database's definitions. Waits for `control` to make its
/// tables.
final class DefinitionCapture implements SmartLifecycle {
  private final Capture.Context context;
  private final TopicAdmin topics;
  private final StageKafka kafka;
  private final JdbcClient jdbc;
  private final PublishedDefinitions published;
  private final CapturePlan plan;
  private final Supervisor supervisor;
  private volatile boolean running;

  DefinitionCapture(
      Capture.Context context,
      TopicAdmin topics,
      StageKafka kafka,
      JdbcClient jdbc,
      PublishedDefinitions published) {
    this.context = context;
    this.topics = topics;
    this.kafka = kafka;
    this.jdbc = jdbc;
    this.published = published;
    this.plan = CapturePlan.ofDefinitions(context.appDatabase());
    this.supervisor = context.supervisor("models", this::attempt, this::report);
  }

  private Supervisor.Attempt attempt() {
    // in a database never captured before nothing can have gone unseen; removing would take it for
    // another's loss
    boolean reconcile = context.ledger().deliveredUpTo(plan.engine()).isPresent();
    return new Capture(
        context, plan, new DefinitionRows(topics, kafka, jdbc, published, reconcile), _ -> {});
  }

  private void report(CaptureException failure) {
    String reason = String.valueOf(failure.getMessage());
    kafka.deadLetters().reject(null, "control", "models", new byte[0], failure.code().id(), reason);
  }

  @Override
  public void start() {
    running = true;
    supervisor.start();
  }

  @Override
  public void stop() {
    running = false;
    try {
      supervisor.stop();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public boolean isRunning() {
    return running;
  }
}
