package dev.anneal.featurestream;

import static dev.anneal.featurestream.Plant.DAY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import dev.anneal.drift.ReferenceProfile;
import dev.anneal.drift.TrainingRows;
import dev.anneal.events.Cause;
import dev.anneal.events.Decision;
import dev.anneal.events.Definition;
import dev.anneal.events.DriftReport;
import dev.anneal.events.DriftVerdict;
import dev.anneal.events.ModelDefinition;
import dev.anneal.events.ModelDeployed;
import dev.anneal.events.ModelRejected;
import dev.anneal.events.RetrainingDecision;
import dev.anneal.events.TrainingQueued;
import dev.anneal.policy.EventTime;
import dev.anneal.schemas.RowCodec.Quality;
import dev.anneal.schemas.RowCodec.Row;
import dev.anneal.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FeatureStreamTopologyTest {
  private static final long MINUTE = 60 * EventTime.SECOND_MICROS;

  private final Plant plant = new Plant();

  @AfterEach
  void close() {
    plant.close();
  }

  @Test
  void topologyIsTheOneThatDeployedStateBelongsTo() throws Exception {
    String topology = plant.topology(Plant.properties()).describe().toString();

    assertThat(topology)
        .isEqualTo(Files.readString(Path.of("src/test/resources/expected-topology.txt")));
  }

  @Test
  void everyRowBecomesOneFeatureRow() {
    plant.define();

    plant.row("pump-1", MINUTE, 10, 1);
    plant.row("pump-1", 2 * MINUTE, 20, 2);
    plant.row("pump-2", 2 * MINUTE, 7, Double.NaN);

    var features = plant.features();
    assertThat(features).extracting(Row::asset).containsExactly("pump-1", "pump-1", "pump-2");
    assertThat(features.get(1).eventTimeMicros()).isEqualTo(2 * MINUTE);
    assertThat(features.get(1).values()).startsWith(20, 10, 15, 5, 10, 20).endsWith(60);
    assertThat(features.get(2).values()[7]).isNaN();
    assertThat(plant.deadLetters()).isEmpty();
  }

  @Test
  void valuesOfARowOfBadQualityAreMissing() {
    plant.define();

    plant.row(new Row("pump-1", MINUTE, MINUTE, 1, Quality.BAD, new double[] {10, 1}));

    assertThat(plant.features().getFirst().values()).containsOnly(Double.NaN);
  }

  @Test
  void rowsThatCannotBeUsedAreDeadLettersAndTheOthersGoOn() {
    // Given
    plant.row("pump-1", MINUTE, 1, 1);
    plant.define();

    // When
    plant.bytes("pump-1", "not avro".getBytes(StandardCharsets.UTF_8), 0);
    plant.bytes("pump-1", null, 0);
    plant.row("pump-1", 2 * MINUTE, 2, 2);
    plant.row("pump-1", MINUTE - 1, 1, 1);
    plant.row("pump-1", -MINUTE, 1, 1);
    plant.malformed(Topics.LIFECYCLE, Plant.KEY);
    plant.tick("tick-1");
    plant.malformed(Topics.MODELS, "acme/other");
    plant.row("pump-1", 3 * MINUTE, 3, 3);

    // Then
    var letters = plant.deadLetters();
    assertThat(letters)
        .extracting(letter -> letter.getCode())
        .containsExactly(
            "unknown-organization",
            "malformed-avro",
            "no-value",
            "late-row",
            "bad-event-time",
            "malformed-avro",
            "bad-definition");
    assertThat(letters.get(1).getTopic()).isEqualTo("anneal.telemetry.acme");
    assertThat(letters.get(1).getOffset()).isEqualTo(1);
    assertThat(new String(letters.get(1).getValue().array(), StandardCharsets.UTF_8))
        .isEqualTo("not avro");
    assertThat(plant.features())
        .extracting(Row::eventTimeMicros)
        .containsExactly(2 * MINUTE, 3 * MINUTE);
  }

  @Test
  void rowsDeliveredAgainAreDropped() {
    plant.define();
    var row = new Row("pump-1", MINUTE, MINUTE, 5, Quality.GOOD, new double[] {1, 1});

    plant.row(row);
    plant.row(row);

    assertThat(plant.features()).hasSize(1);
    assertThat(plant.deadLetters()).isEmpty();
  }

  @Test
  void aSourceThatIsReadAgainIsOneDeadLetterAndCorrectionsAreTold() {
    // Given
    plant.define();
    for (int i = 1; i <= 20; i++) {
      plant.row("pump-1", i * MINUTE, i, 1);
    }

    // When: a snapshot with the LSN 100, in which the newest row was corrected
    for (int i = 1; i <= 20; i++) {
      plant.row(
          new Row(
              "pump-1",
              i * MINUTE,
              i * MINUTE,
              100,
              Quality.GOOD,
              new double[] {i < 20 ? i : 0, 1}));
    }
    plant.row(new Row("pump-1", 21 * MINUTE, 21 * MINUTE, 100, Quality.GOOD, new double[] {21, 1}));

    // Then
    assertThat(plant.features()).hasSize(21);
    assertThat(plant.deadLetters())
        .extracting(letter -> letter.getReason())
        .containsExactly(
            "asset pump-1 has sent rows newer than 1970-01-01T00:01:00Z",
            "correction: asset pump-1 has sent another row of 1970-01-01T00:20:00Z");
  }

  @Test
  void rowsOfOneSnapshotThatComeInAnotherOrderAreNotTakenForDeliveredAgain() {
    plant.define();

    for (int minute : new int[] {10, 14, 12}) {
      plant.row(new Row("pump-1", minute * MINUTE, MINUTE, 7, Quality.GOOD, new double[] {1, 1}));
    }

    assertThat(plant.deadLetters())
        .extracting(letter -> letter.getCode())
        .containsExactly("late-row");
  }

  @Test
  void aChangedDefinitionTakesEffectBetweenTwoRowsWithAllTheHistoryItLooksAt() {
    // Given: more rows than the first definition looks at
    plant.define(Plant.model(List.of("2"), 0));
    var random = new SplittableRandom(3);
    var rows = new ArrayList<Row>();
    for (int i = 1; i <= 100; i++) {
      var values = new double[] {random.nextDouble(), random.nextDouble()};
      var asset = "pump-" + random.nextInt(3);
      rows.add(new Row(asset, i * MINUTE, i * MINUTE, i, Quality.GOOD, values));
      plant.row(rows.getLast());
    }
    plant.features(Plant.model(List.of("2"), 0));

    // When
    var changed = Plant.model(List.of("7", "50m"), 0);
    plant.define(changed);
    rows.add(
        new Row("pump-1", 101 * MINUTE, 101 * MINUTE, 101, Quality.GOOD, new double[] {.5, .25}));
    plant.row(rows.getLast());

    // Then
    try (var fresh = new Plant()) {
      fresh.define(changed);
      rows.forEach(fresh::row);
      assertThat(plant.features(changed)).containsExactly(fresh.features(changed).getLast());
    }
  }

  @Test
  void asksForAFirstModelOnceThereIsEnough() {
    plant.define();

    days(0, 8, 0);

    assertThat(plant.requests())
        .singleElement()
        .satisfies(
            request -> {
              assertThat(request.getCause()).isEqualTo(Cause.INITIAL);
              assertThat(request.getRequestedBy()).isEqualTo("feature-stream");
              assertThat(request.getDataFrom()).isNull();
            });
    assertThat(decisions(plant.drift()))
        .extracting(RetrainingDecision::getCode)
        .containsExactly("initial-history", "requested");
  }

  @Test
  void aModelDefinedLaterHearsOfTheRowsBefore() {
    // Given
    plant.define();
    days(0, 3, 0);

    // When
    plant.define(Plant.model(List.of("2"), 2 * 24 * 3600)); // the same name: it was told already
    days(3, 4, 0);

    // Then
    assertThat(plant.requests()).hasSize(1);
  }

  @Test
  void driftThatLastsLeadsToExactlyOneRequestFromWhereItBegan() {
    // Given: a model trained on days 0 to 10
    plant.define();
    days(0, 10, 0);
    served(plant.requests().getFirst().getRequestId());
    plant.drift();

    // When
    days(10, 13, 0);
    days(13, 24, 4);

    // Then
    var events = plant.drift();
    var reports =
        events.stream()
            .map(e -> e.getEvent())
            .filter(DriftReport.class::isInstance)
            .map(DriftReport.class::cast);
    assertThat(reports.filter(r -> r.getWindow().equals("P1D")).limit(6))
        .extracting(DriftReport::getVerdict)
        .containsExactly(
            DriftVerdict.STABLE,
            DriftVerdict.STABLE,
            DriftVerdict.STABLE,
            DriftVerdict.DRIFT,
            DriftVerdict.DRIFT,
            DriftVerdict.DRIFT);
    assertThat(plant.requests())
        .singleElement()
        .satisfies(
            request -> {
              assertThat(request.getCause()).isEqualTo(Cause.DRIFT);
              assertThat(request.getDataFrom()).isEqualTo(Instant.EPOCH.plus(13, ChronoUnit.DAYS));
            });
    assertThat(decisions(events))
        .extracting(RetrainingDecision::getCode)
        .containsExactly("persistence", "requested", "in-flight");
    assertThat(plant.deadLetters()).isEmpty();
  }

  @Test
  void aRejectedChallengerIsTriedAgainWithMoreRows() {
    // Given
    plant.define();
    days(0, 10, 0);
    served(plant.requests().getFirst().getRequestId());
    days(10, 17, 4);
    String request = plant.requests().getFirst().getRequestId();

    // When
    plant.lifecycle(request, new ModelRejected("v2", "v1", "not better", List.of()));
    days(17, 20, 4);

    // Then
    assertThat(plant.requests())
        .singleElement()
        .satisfies(
            again -> {
              assertThat(again.getCause()).isEqualTo(Cause.REFRESH);
              assertThat(again.getDataFrom()).isEqualTo(Instant.EPOCH.plus(10, ChronoUnit.DAYS));
            });
  }

  @Test
  void aTickAsksUnlessSomebodyAskedAlready() {
    plant.define();
    days(0, 10, 0);
    served(plant.requests().getFirst().getRequestId());
    plant.drift();

    plant.tick("tick-1");
    plant.lifecycle("by-hand", new TrainingQueued(Cause.MANUAL, "", "kim", null));
    plant.tick("tick-2");

    assertThat(plant.requests()).extracting(r -> r.getCause()).containsExactly(Cause.SCHEDULE);
    assertThat(decisions(plant.drift()))
        .extracting(RetrainingDecision::getDecision, RetrainingDecision::getCode)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(Decision.REQUESTED, "requested"),
            org.assertj.core.groups.Tuple.tuple(Decision.SUPPRESSED, "in-flight"));
  }

  @Test
  void aTrainingThatEndsWhileItsModelHasNoDefinitionHasEnded() {
    // Given
    plant.define();
    days(0, 8, 0);
    String request = plant.requests().getFirst().getRequestId();

    // When
    plant.undefine();
    plant.lifecycle(request, new ModelDeployed("v1", null, "direct", "deployment-of-v1"));
    plant.define();
    plant.tick("tick-1");

    // Then
    assertThat(plant.requests()).extracting(r -> r.getCause()).containsExactly(Cause.SCHEDULE);
    assertThat(plant.deadLetters()).isEmpty();
  }

  @Test
  void aTrainingOfAModelThatNobodyHasDefinedYetIsNotedAndHoldsUpNobody() {
    try (var patient = new Plant(Duration.ofMinutes(2))) {
      assertTimeout(
          Duration.ofSeconds(20),
          () -> patient.lifecycle("by-hand", new TrainingQueued(Cause.MANUAL, "", "kim", null)));
      patient.define();
      patient.tick("tick-1");

      assertThat(decisions(patient.drift()))
          .extracting(RetrainingDecision::getCode)
          .containsExactly("in-flight");
      assertThat(patient.deadLetters()).isEmpty();
    }
  }

  @Test
  void rowsBeforeTheDeploymentAndPartOfADayAreNotCounted() {
    // Given
    plant.define();
    days(0, 10, 0);
    var trainedOn = plant.features();

    // When: it serves in the middle of a day, and the rest of that day is strange
    for (int i = 0; i < 700; i++) {
      plant.row("pump-1", 10 * DAY + i * MINUTE, 0, 0);
    }
    served(plant.requests().getFirst().getRequestId(), trainedOn);
    for (int i = 700; i < 1440; i++) {
      plant.row("pump-1", 10 * DAY + i * MINUTE, 99, 99);
    }
    plant.drift();
    days(11, 14, 0);

    // Then
    var events = plant.drift();
    assertThat(decisions(events)).isEmpty();
    var reports = events.stream().map(e -> e.getEvent()).map(DriftReport.class::cast).toList();
    assertThat(reports)
        .extracting(DriftReport::getVerdict)
        .containsOnly(DriftVerdict.STABLE)
        .hasSize(2);
    assertThat(reports.getFirst().getWindowStart())
        .isEqualTo(Instant.EPOCH.plus(11, ChronoUnit.DAYS));
    assertThat(reports.getFirst().getRows()).isEqualTo(2 * 288);
  }

  @Test
  void aStuckSensorIsAnAlertUntilItMovesAgainAndNoReasonToRetrain() {
    // Given
    plant.define(Plant.withoutRefreshes());
    days(0, 10, 0);
    served(plant.requests().getFirst().getRequestId());
    plant.drift();

    // When
    days(10, 13, 0);
    var random = new SplittableRandom(5);
    for (long time = 13 * DAY; time < 18 * DAY; time += 5 * MINUTE) {
      for (String asset : List.of("pump-1", "pump-2")) {
        plant.row(asset, time + 1, .25, random.nextGaussian());
      }
    }
    days(18, 21, 0);

    // Then
    assertThat(plant.requests()).isEmpty();
    var alerts = plant.alerts();
    assertThat(alerts).hasSize(2);
    assertThat(alerts.get(0).getKind()).isEqualTo("SENSOR_FAULT");
    assertThat(alerts.get(0).getMessage()).startsWith("sensor temperature: STUCK");
    assertThat(alerts.get(0).getRaisedAt()).isEqualTo(Instant.EPOCH.plus(14, ChronoUnit.DAYS));
    assertThat(alerts.get(0).getResolvedAt()).isNull();
    assertThat(alerts.get(1).getAlertId()).isEqualTo(alerts.get(0).getAlertId());
    assertThat(alerts.get(1).getResolvedAt()).isEqualTo(Instant.EPOCH.plus(19, ChronoUnit.DAYS));
    assertThat(decisions(plant.drift()))
        .extracting(RetrainingDecision::getCode)
        .containsExactly("sensor-fault");
  }

  @Test
  void aDeployedModelWhoseDefinitionGoesAndComesIsCountedAnew() {
    // Given: whole days and a part of one, counted
    plant.define();
    days(0, 10, 0);
    served(plant.requests().getFirst().getRequestId());
    days(10, 13, 0);
    rows(13 * DAY, 13 * DAY + DAY / 4, 0);
    assertThat(plant.keys(DriftCounts.NAME)).isNotEmpty();

    // When: it is gone, while rows come
    plant.undefine();
    rows(13 * DAY + DAY / 4, 13 * DAY + DAY / 2, 0);
    assertThat(plant.keys(DriftCounts.NAME)).isEmpty();
    plant.drift();
    plant.define();
    rows(13 * DAY + DAY / 2, 14 * DAY, 0);
    days(14, 17, 0);

    // Then
    assertThat(reports(plant.drift()))
        .first()
        .satisfies(
            report ->
                assertThat(report.getWindowStart())
                    .isEqualTo(Instant.EPOCH.plus(14, ChronoUnit.DAYS)));
  }

  @Test
  void aReleaseThatMakesOtherBinsOfTheReferenceCountsAnew() {
    // Given: whole days and a part of one, counted
    plant.define();
    days(0, 10, 0);
    var trainedOn = plant.features();
    served(plant.requests().getFirst().getRequestId(), trainedOn);
    days(10, 13, 0);
    rows(13 * DAY, 13 * DAY + DAY / 2, 0);
    assertThat(reports(plant.drift())).isNotEmpty();

    // When: first the policy's instance is of that release
    served("none", rounded(trainedOn));
    rows(13 * DAY + DAY / 2, 14 * DAY + DAY / 2, 0);
    assertThat(reports(plant.drift())).as("over the bins before").isEmpty();
    // then that of the telemetry, whose state is made anew
    plant.define(Plant.model(List.of("3", "5"), 0));
    rows(14 * DAY + DAY / 2, 15 * DAY, 0);
    days(15, 18, 0);

    // Then
    assertThat(reports(plant.drift()))
        .first()
        .satisfies(
            report -> {
              assertThat(report.getWindowStart())
                  .isEqualTo(Instant.EPOCH.plus(15, ChronoUnit.DAYS));
              assertThat(report.getRows()).isEqualTo(2 * 288);
            });
    assertThat(plant.deadLetters()).isEmpty();
  }

  /// Rows of whole numbers, which have fewer bins.
  private static List<Row> rounded(List<Row> rows) {
    return rows.stream()
        .map(
            row ->
                new Row(
                    row.asset(),
                    row.eventTimeMicros(),
                    row.knownTimeMicros(),
                    row.lsn(),
                    row.quality(),
                    Arrays.stream(row.values()).map(Math::rint).toArray()))
        .toList();
  }

  @Test
  void aDeployedModelWhoseDefinitionGetsAnotherSensorIsCountedAnew() {
    sensorsChange(List.of("temperature"), List.of("temperature", "pressure"));
  }

  @Test
  void aDeployedModelWhoseSensorsChangePlacesIsCountedAnew() {
    sensorsChange(List.of("temperature", "pressure"), List.of("pressure", "temperature"));
  }

  private void sensorsChange(List<String> before, List<String> after) {
    // Given: whole days and a part of one, counted
    var model = withSensors(before);
    plant.define(model);
    days(0, 10, 0);
    served(plant.requests().getFirst().getRequestId(), model, plant.features(model));
    plant.drift();
    days(10, 13, 0);
    rows(13 * DAY, 13 * DAY + DAY / 2, 0);
    assertThat(reports(plant.drift())).isNotEmpty();

    // When
    plant.define(withSensors(after));
    rows(13 * DAY + DAY / 2, 14 * DAY, 0);
    days(14, 17, 0);

    // Then: from the first whole day on, and no sensor is taken for another
    var reports = reports(plant.drift());
    assertThat(reports).extracting(DriftReport::getVerdict).containsOnly(DriftVerdict.STABLE);
    assertThat(reports.getFirst().getWindowStart())
        .isEqualTo(Instant.EPOCH.plus(14, ChronoUnit.DAYS));
    assertThat(reports).extracting(DriftReport::getFaults).containsOnly(List.of());
    assertThat(plant.alerts()).isEmpty();
    assertThat(plant.deadLetters()).isEmpty();
  }

  private static ModelDefinition withSensors(List<String> sensors) {
    return ModelDefinition.newBuilder(Plant.model(List.of("3"), 0)).setSensors(sensors).build();
  }

  private static List<DriftReport> reports(List<dev.anneal.events.DriftEvent> events) {
    return events.stream()
        .map(e -> e.getEvent())
        .filter(DriftReport.class::isInstance)
        .map(DriftReport.class::cast)
        .toList();
  }

  private static List<RetrainingDecision> decisions(List<dev.anneal.events.DriftEvent> events) {
    return events.stream()
        .map(e -> e.getEvent())
        .filter(RetrainingDecision.class::isInstance)
        .map(RetrainingDecision.class::cast)
        .toList();
  }

  /// Two pumps, a row every five minutes from day `from` to day `to`.
  private void days(int from, int to, double shift) {
    rows(from * DAY, to * DAY, shift);
  }

  private void rows(long from, long to, double shift) {
    var random = new SplittableRandom((from * 31 + to) / DAY);
    for (long time = from; time < to; time += 5 * MINUTE) {
      for (String asset : List.of("pump-1", "pump-2")) {
        plant.row(asset, time + 1, random.nextGaussian() + shift, random.nextGaussian() + shift);
      }
    }
  }

  /// A version that was trained on the features so far serves.
  private void served(String requestId) {
    served(requestId, plant.features());
  }

  private void served(String requestId, List<Row> rows) {
    served(requestId, Plant.model(List.of("3"), 0), rows);
  }

  private void served(String requestId, ModelDefinition model, List<Row> rows) {
    var names = WireDefinitions.model(new Definition(Instant.EPOCH, model)).specification().names();
    plant.deploy(
        "v1", ReferenceProfile.build(names, new double[names.size()], new Rows(rows), null, null));
    plant.lifecycle(requestId, new ModelDeployed("v1", null, "direct", "deployment-of-v1"));
  }

  private record Rows(List<Row> rows) implements TrainingRows {
    @Override
    public int size() {
      return rows.size();
    }

    @Override
    public int asset(int row) {
      return rows.get(row).asset().equals("pump-1") ? 0 : 1;
    }

    @Override
    public long eventTimeMicros(int row) {
      return rows.get(row).eventTimeMicros();
    }

    @Override
    public float value(int row, int column) {
      return (float) rows.get(row).values()[column];
    }
  }
}
