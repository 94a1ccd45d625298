package dev.anneal.schemas;

import static dev.anneal.schemas.Stage.CLIENT;
import static dev.anneal.schemas.Stage.CONTROL;
import static dev.anneal.schemas.Stage.DEPLOYER;
import static dev.anneal.schemas.Stage.FEATURE_STREAM;
import static dev.anneal.schemas.Stage.INGEST;
import static dev.anneal.schemas.Stage.NOTIFIER;
import static dev.anneal.schemas.Stage.TRAINER;

import dev.anneal.events.Alert;
import dev.anneal.events.DeadLetter;
import dev.anneal.events.Definition;
import dev.anneal.events.DeployCommand;
import dev.anneal.events.Deployment;
import dev.anneal.events.DriftEvent;
import dev.anneal.events.LifecycleEvent;
import dev.anneal.events.Notification;
import dev.anneal.events.Outcome;
import dev.anneal.events.Prediction;
import dev.anneal.events.ScheduleTick;
import dev.anneal.events.TrainCancel;
import dev.anneal.events.TrainRequest;
import dev.anneal.schemas.Topic.Retention;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// The topic catalogue: every topic of Anneal, who writes it, who reads it, what is kept.
/// `docs/flow.md` is generated from it. Topics keyed by `<org>/<model>` have equal partition
/// counts, so that one model's story is ordered.
public final class Topics {
  /// Everything, for ever: data that trainings and rebuilds read again.
  private static final Retention ALL = new Retention.For(Duration.ZERO);

  private static final Retention COMPACTED = new Retention.Compacted();
  private static final Retention MONTH = new Retention.For(Duration.ofDays(30));
  private static final String MODEL_KEY = "<org>/<model>";

  /// Every stage of Anneal's own.
  private static final Set<Stage> STAGES =
      Set.of(INGEST, FEATURE_STREAM, TRAINER, DEPLOYER, NOTIFIER, CONTROL);

  public static final Topic<Definition> MODELS =
      new Topic<>(
          "anneal.models",
          Definition.class,
          "<org> or <org>/<model>",
          Set.of(INGEST),
          Set.of(INGEST, FEATURE_STREAM, TRAINER, DEPLOYER, NOTIFIER),
          COMPACTED);
  public static final Topic<DriftEvent> DRIFT =
      new Topic<>(
          "anneal.drift",
          DriftEvent.class,
          MODEL_KEY,
          Set.of(FEATURE_STREAM),
          Set.of(FEATURE_STREAM, NOTIFIER, CONTROL),
          ALL);
  public static final Topic<TrainRequest> TRAIN_REQUESTS =
      new Topic<>(
          "anneal.train.requests",
          TrainRequest.class,
          MODEL_KEY,
          Set.of(FEATURE_STREAM, CONTROL, CLIENT),
          Set.of(TRAINER),
          ALL);
  public static final Topic<TrainCancel> TRAIN_CANCELS =
      new Topic<>(
          "anneal.train.cancels",
          TrainCancel.class,
          MODEL_KEY,
          Set.of(CONTROL, CLIENT),
          Set.of(TRAINER),
          ALL);
  public static final Topic<LifecycleEvent> LIFECYCLE =
      new Topic<>(
          "anneal.model.lifecycle",
          LifecycleEvent.class,
          MODEL_KEY,
          Set.of(TRAINER, DEPLOYER),
          Set.of(FEATURE_STREAM, DEPLOYER, NOTIFIER, CONTROL, CLIENT),
          ALL);
  public static final Topic<DeployCommand> DEPLOY_COMMANDS =
      new Topic<>(
          "anneal.deploy.commands",
          DeployCommand.class,
          MODEL_KEY,
          Set.of(CONTROL, CLIENT),
          Set.of(DEPLOYER),
          ALL);
  public static final Topic<Deployment> DEPLOYMENTS =
      new Topic<>(
          "anneal.deployments",
          Deployment.class,
          MODEL_KEY,
          Set.of(DEPLOYER),
          Set.of(DEPLOYER, FEATURE_STREAM, CONTROL),
          COMPACTED);
  public static final Topic<ScheduleTick> SCHEDULE_TICKS =
      new Topic<>(
          "anneal.schedule.ticks",
          ScheduleTick.class,
          MODEL_KEY,
          Set.of(CONTROL),
          Set.of(FEATURE_STREAM),
          MONTH);
  public static final Topic<Alert> ALERTS =
      new Topic<>("anneal.alerts", Alert.class, "alertId", STAGES, STAGES, COMPACTED);
  public static final Topic<Notification> NOTIFICATIONS =
      new Topic<>(
          "anneal.notifications",
          Notification.class,
          "<eventId>/<channel>",
          Set.of(NOTIFIER),
          Set.of(NOTIFIER, CLIENT),
          COMPACTED);

  private Topics() {}

  /// Telemetry of one organization; the schema has a nullable field per sensor.
  public static Topic<RowCodec.Row> telemetry(String organization) {
    return new Topic<>(
        "anneal.telemetry." + organization,
        RowCodec.Row.class,
        "asset",
        Set.of(INGEST),
        Set.of(FEATURE_STREAM, TRAINER),
        ALL);
  }

  public static Topic<Outcome> outcomes(String organization) {
    return new Topic<>(
        "anneal.outcomes." + organization,
        Outcome.class,
        "asset",
        Set.of(INGEST),
        Set.of(FEATURE_STREAM, TRAINER),
        ALL);
  }

  /// Feature vectors of one model; the schema has a nullable field per feature.
  public static Topic<RowCodec.Row> features(String organization, String model) {
    return new Topic<>(
        "anneal.features." + organization + "." + model,
        RowCodec.Row.class,
        "asset",
        Set.of(FEATURE_STREAM),
        Set.of(DEPLOYER),
        MONTH);
  }

  public static Topic<Prediction> predictions(String organization) {
    return new Topic<>(
        "anneal.predictions." + organization,
        Prediction.class,
        "asset",
        Set.of(DEPLOYER),
        Set.of(FEATURE_STREAM, CLIENT),
        MONTH);
  }

  public static Topic<DeadLetter> deadLetters(Stage stage) {
    return new Topic<>(
        "anneal.deadletters." + stage.id(),
        DeadLetter.class,
        "key of the rejected record",
        Set.of(stage),
        Set.of(CONTROL, CLIENT),
        ALL);
  }

  public static final Pattern TELEMETRY_PATTERN =
      Pattern.compile("anneal\\.telemetry\\.[a-z0-9-]+");

  /// Predictions, and the outcomes that they are judged by.
  public static final Pattern JUDGED_PATTERN =
      Pattern.compile("anneal\\.(predictions|outcomes)\\.[a-z0-9-]+");

  public static final Pattern FEATURES_PATTERN =
      Pattern.compile("anneal\\.features\\.[a-z0-9-]+\\.[a-z0-9-]+");

  /// Topics that exist whatever the definitions say.
  public static List<Topic<?>> fixed() {
    var topics =
        new ArrayList<Topic<?>>(
            List.of(
                MODELS,
                DRIFT,
                TRAIN_REQUESTS,
                TRAIN_CANCELS,
                LIFECYCLE,
                DEPLOY_COMMANDS,
                DEPLOYMENTS,
                SCHEDULE_TICKS,
                ALERTS,
                NOTIFICATIONS));
    Arrays.stream(Stage.values()).filter(s -> s != CLIENT).forEach(s -> topics.add(deadLetters(s)));
    return List.copyOf(topics);
  }

  /// Topics of one organization, besides those of its models.
  public static List<Topic<?>> ofOrganization(String organization) {
    return List.of(telemetry(organization), outcomes(organization), predictions(organization));
  }

  /// The whole catalogue with placeholders for organization and model.
  public static List<Topic<?>> catalogue() {
    var topics = new ArrayList<Topic<?>>(ofOrganization("<org>"));
    topics.add(features("<org>", "<model>"));
    topics.addAll(fixed());
    return List.copyOf(topics);
  }
}
