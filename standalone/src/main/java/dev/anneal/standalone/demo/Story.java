package dev.anneal.standalone.demo;

import dev.anneal.events.Cause;
import dev.anneal.events.Check;
import dev.anneal.events.Decision;
import dev.anneal.events.Definition;
import dev.anneal.events.DriftEvent;
import dev.anneal.events.DriftReport;
import dev.anneal.events.DriftVerdict;
import dev.anneal.events.LifecycleEvent;
import dev.anneal.events.ModelDefinition;
import dev.anneal.events.ModelDeployed;
import dev.anneal.events.ModelRejected;
import dev.anneal.events.ModelTrained;
import dev.anneal.events.ModelValidated;
import dev.anneal.events.Notification;
import dev.anneal.events.Prediction;
import dev.anneal.events.RetrainingDecision;
import dev.anneal.events.TrainingCancelled;
import dev.anneal.events.TrainingFailed;
import dev.anneal.events.TrainingQueued;
import dev.anneal.events.TrainingStarted;
import dev.anneal.schemas.AvroSerde;
import dev.anneal.schemas.ModelKey;
import dev.anneal.schemas.SchemaRegistry;
import dev.anneal.schemas.Topics;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/// What happened, told and counted from Kafka alone: one consumer reads every topic from its
/// beginning. The story is complete when every organization's first model serves and, after the
/// process change of one of them, drift led to a training whose model serves, scores and was told
/// of.
final class Story {
  /// A challenger that loses is followed by another one, on more rows.
  private static final Set<Cause> OF_DRIFT = Set.of(Cause.DRIFT, Cause.PERFORMANCE, Cause.REFRESH);

  /// A training is under way: told by its own events.
  private static final String IN_FLIGHT = "in-flight";

  private static final Pattern EVERYTHING = Pattern.compile("anneal\\..*");

  private final Narrator narrator;
  private final Deserializer<LifecycleEvent> lifecycle;
  private final Deserializer<DriftEvent> drift;
  private final Deserializer<Notification> notification;
  private final Deserializer<Prediction> prediction;
  private final Deserializer<Definition> definition;
  private final String changingOrganization;

  private final Map<ModelKey, Duration> horizons = new HashMap<>();
  private final Map<String, Long> counts = new HashMap<>();
  private final Set<String> eventIds = new HashSet<>();
  private final Map<String, Integer> deployments = new HashMap<>();
  private final Set<String> notifiedEvents = new HashSet<>();
  private final Set<String> predicted = new HashSet<>();
  private final DriftNews news = new DriftNews();
  private final List<String> failures = new ArrayList<>();
  private @Nullable Double firstModelSeconds;
  private @Nullable Instant change;
  private @Nullable Double driftSeconds;
  private final Set<String> driftRequests = new HashSet<>();
  private @Nullable Double driftDeployedSeconds;
  private @Nullable String driftDeploymentEvent;
  private @Nullable String driftVersion;
  private long predictionsOfDriftVersion;

  /// Event time of the newest row in the telemetry topics, by organization.
  private final Map<String, Instant> read = new HashMap<>();

  /// Event time of the newest prediction, by organization.
  private final Map<String, Instant> scored = new HashMap<>();

  /// Rows by the names of their topics.
  private final Map<String, Long> rows = new HashMap<>();

  /// Requests without an end.
  private final Set<String> openTrainings = new HashSet<>();

  Story(Narrator narrator, SchemaRegistry registry, String changingOrganization) {
    this.narrator = narrator;
    this.changingOrganization = changingOrganization;
    this.lifecycle = deserializer(LifecycleEvent.class, registry);
    this.drift = deserializer(DriftEvent.class, registry);
    this.notification = deserializer(Notification.class, registry);
    this.prediction = deserializer(Prediction.class, registry);
    this.definition = deserializer(Definition.class, registry);
  }

  private static <T extends SpecificRecord> Deserializer<T> deserializer(
      Class<T> type, SchemaRegistry registry) {
    return new AvroSerde<>(type, registry).deserializer();
  }

  static void subscribe(Consumer<String, byte[]> consumer) {
    consumer.subscribe(EVERYTHING);
  }

  /// Reads what has come.
  ///
  /// @return whether the loop has moved on
  boolean follow(Consumer<String, byte[]> consumer, Duration wait) {
    boolean moved = false;
    for (var record : consumer.poll(wait)) {
      tell(record);
      moved |= record.key() != null; // without: how far the source was read
    }
    return moved;
  }

  /// How far the organization's rows are scored; empty: none is.
  Optional<Instant> scored(String organization) {
    return Optional.ofNullable(scored.get(organization));
  }

  /// The stage that does not go on.
  ///
  /// @param written event time of the newest row in each organization's database
  String standstill(Map<String, Instant> written) {
    var organizations =
        written.entrySet().stream()
            .map(
                e ->
                    new Standstill.Rows(
                        e.getKey(),
                        e.getValue(),
                        read.get(e.getKey()),
                        rows("telemetry", e.getKey()) - count("deadletters"),
                        rows("features", e.getKey()),
                        deployments(e.getKey()) > 0,
                        scored.get(e.getKey())))
            .toList();
    return Standstill.stage(organizations, openTrainings.size());
  }

  private long rows(String family, String organization) {
    String name = "anneal.%s.%s".formatted(family, organization);
    return rows.entrySet().stream()
        .filter(e -> e.getKey().equals(name) || e.getKey().startsWith(name + "."))
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  private void tell(ConsumerRecord<String, byte[]> record) {
    String topic = record.topic();
    String family =
        topic.replaceAll(
            "^anneal\\.(telemetry|features|predictions|outcomes|deadletters)\\..*", "$1");
    if (!family.equals("outcomes")
        || record.key() != null) { // without: how far the source was read
      counts.merge(family, 1L, Long::sum);
    }
    rows.merge(topic, 1L, Long::sum);
    if (record.value() == null) {
      return;
    }
    if (family.equals("telemetry")) {
      String organization = topic.substring("anneal.telemetry.".length());
      read.merge(organization, Instant.ofEpochMilli(record.timestamp()), Story::later);
    } else if (topic.equals(Topics.MODELS.name())) {
      defined(definition.deserialize(topic, record.value()));
    } else if (family.equals("predictions")) {
      predicted(prediction.deserialize(topic, record.value()));
    } else if (topic.equals(Topics.LIFECYCLE.name())) {
      var event = lifecycle.deserialize(topic, record.value());
      if (eventIds.add(event.getEventId())) {
        lived(event);
      }
    } else if (topic.equals(Topics.DRIFT.name())) {
      var event = drift.deserialize(topic, record.value());
      if (eventIds.add(event.getEventId())) {
        drifted(event);
      }
    } else if (topic.equals(Topics.NOTIFICATIONS.name())) {
      notifiedEvents.add(notification.deserialize(topic, record.value()).getEventId());
    }
  }

  private void defined(Definition definition) {
    if (definition.getDefinition() instanceof ModelDefinition model
        && model.getFailureWithinSeconds() != null) {
      horizons.put(
          new ModelKey(model.getOrganization(), model.getModel()),
          Duration.ofSeconds(model.getFailureWithinSeconds()));
    }
  }

  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }

  private void predicted(Prediction prediction) {
    String organization = prediction.getOrganization();
    scored.merge(organization, prediction.getEventTime(), Story::later);
    if (predicted.add(organization)) {
      var horizon = horizons.get(new ModelKey(organization, prediction.getModel()));
      narrator.say(
          "%s: first prediction: %s fails within %s with probability %.3f"
              .formatted(
                  organization,
                  prediction.getAsset(),
                  horizon == null ? "its horizon" : horizon.toHours() + " h",
                  prediction.getScore()));
    }
    if (prediction.getVersion().equals(driftVersion)) {
      predictionsOfDriftVersion++;
    }
  }

  /// What the notifier tells of is not told twice.
  private void lived(LifecycleEvent event) {
    String model = event.getOrganization() + "/" + event.getModel();
    followTraining(event);
    switch (event.getEvent()) {
      case TrainingQueued queued
          when Set.of(Cause.SCHEDULE, Cause.MANUAL).contains(queued.getCause()) ->
          narrator.say("%s: training queued: %s".formatted(model, queued.getReason()));
      case TrainingStarted _ -> narrator.say("%s: training starts".formatted(model));
      case ModelTrained _ -> counts.merge("trained", 1L, Long::sum);
      case TrainingFailed failed when !failed.getWillRetry() ->
          failures.add("%s: %s: %s".formatted(model, failed.getCode(), failed.getMessage()));
      case ModelValidated validated -> validated(model, validated);
      case ModelDeployed deployed -> deployed(event, deployed);
      default -> {} // progress and the rest are for ./anneal watch
    }
  }

  private void followTraining(LifecycleEvent event) {
    String request = event.getRequestId();
    if (request == null) {
      return;
    }
    switch (event.getEvent()) {
      case TrainingQueued queued when queued.getCoalescedInto() == null ->
          openTrainings.add(request);
      case TrainingFailed failed when !failed.getWillRetry() -> openTrainings.remove(request);
      case TrainingCancelled _, ModelRejected _, ModelDeployed _ -> openTrainings.remove(request);
      default -> {} // it goes on
    }
  }

  private void validated(String model, ModelValidated validated) {
    long passed = validated.getChecks().stream().filter(Check::getPassed).count();
    String comparison =
        validated.getChecks().stream()
            .filter(c -> c.getName().equals("champion"))
            .map(Check::getMessage)
            .findFirst()
            .orElse("no version to compare with");
    narrator.say(
        "%s: gate passed, %d of %d checks; %s"
            .formatted(model, passed, validated.getChecks().size(), comparison));
  }

  private void deployed(LifecycleEvent event, ModelDeployed deployed) {
    counts.merge("deployed", 1L, Long::sum);
    deployments.merge(event.getOrganization(), 1, Integer::sum);
    if (firstModelSeconds == null) {
      firstModelSeconds = narrator.seconds();
    }
    if (driftDeployedSeconds == null && driftRequests.contains(event.getRequestId())) {
      driftDeployedSeconds = narrator.seconds();
      driftDeploymentEvent = event.getEventId();
      driftVersion = deployed.getVersion();
    }
  }

  private void drifted(DriftEvent event) {
    String model = event.getOrganization() + "/" + event.getModel();
    switch (event.getEvent()) {
      case DriftReport report -> reported(event, model, report);
      case RetrainingDecision decision -> decided(event, model, decision);
      default -> {} // estimates are for ./anneal watch
    }
  }

  private void reported(DriftEvent event, String model, DriftReport report) {
    if (news.isNews(model, report)) {
      found(model, report);
    }
    if (report.getVerdict() == DriftVerdict.DRIFT) {
      counts.merge("drift", 1L, Long::sum);
      if (driftSeconds == null && afterChange(report.getWindowEnd(), event.getOrganization())) {
        driftSeconds = narrator.seconds();
      }
    }
  }

  private void found(String model, DriftReport report) {
    var day = report.getWindowEnd().minusNanos(1).atOffset(ZoneOffset.UTC).toLocalDate();
    narrator.say(
        "%s: DRIFT of the %s since %s: %s"
            .formatted(model, report.getEvidence(), day, report.getReason()));
  }

  private void decided(DriftEvent event, String model, RetrainingDecision decision) {
    if (decision.getDecision() == Decision.SUPPRESSED && !decision.getCode().equals(IN_FLIGHT)) {
      narrator.say(
          "%s: no training now (%s): %s"
              .formatted(model, decision.getCode(), decision.getReason()));
    }
    boolean afterDrift =
        driftSeconds != null
            && event.getOrganization().equals(changingOrganization)
            && OF_DRIFT.contains(decision.getCause());
    if (decision.getDecision() == Decision.REQUESTED && afterDrift) {
      driftRequests.add(decision.getRequestId());
    }
  }

  private boolean afterChange(Instant windowEnd, String organization) {
    return organization.equals(changingOrganization) && change != null && windowEnd.isAfter(change);
  }

  void processChangesAt(Instant eventTime) {
    change = eventTime;
  }

  long count(String family) {
    return counts.getOrDefault(family, 0L);
  }

  int deployments(String organization) {
    return deployments.getOrDefault(organization, 0);
  }

  List<String> failures() {
    return failures;
  }

  /// The first step of the story that has not happened; empty when all have.
  String missing(List<String> organizations) {
    for (String organization : organizations) {
      if (deployments(organization) == 0) {
        return organization + ": no first model in service";
      }
    }
    if (change == null) {
      return changingOrganization + ": the process has not changed yet";
    }
    if (driftSeconds == null) {
      return changingOrganization + ": no drift found after the process change";
    }
    if (driftRequests.isEmpty()) {
      return changingOrganization + ": drift led to no TrainRequest";
    }
    if (driftDeployedSeconds == null) {
      return changingOrganization + ": no better model in service after drift";
    }
    if (predictionsOfDriftVersion == 0) {
      return changingOrganization + ": the new model has scored nothing";
    }
    return notifiedEvents.contains(driftDeploymentEvent)
        ? ""
        : changingOrganization + ": nobody was told";
  }

  private static double rounded(double seconds) {
    return Math.round(seconds * 1000) / 1000.0;
  }

  /// The counts, by the names of the demo's JSON line.
  Map<String, Object> summary() {
    var summary = new java.util.LinkedHashMap<String, Object>();
    summary.put("telemetryRows", count("telemetry"));
    summary.put("outcomeRows", count("outcomes"));
    summary.put("featureRows", count("features"));
    summary.put("trainRequests", count(Topics.TRAIN_REQUESTS.name()));
    summary.put("modelsTrained", count("trained"));
    summary.put("driftDetected", count("drift"));
    summary.put("modelsDeployed", count("deployed"));
    summary.put("predictions", count("predictions"));
    summary.put("notifications", (long) notifiedEvents.size());
    summary.put("deadLetters", count("deadletters"));
    summary.put("firstModelSeconds", firstModelSeconds);
    var deployed = driftDeployedSeconds;
    var found = driftSeconds;
    summary.put(
        "driftToDeployedSeconds",
        deployed == null || found == null ? null : rounded(deployed - found));
    return summary;
  }
}
