package dev.anneal.featurestream;

import static dev.anneal.featurestream.Plant.DAY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.anneal.drift.PerformanceEstimator;
import dev.anneal.drift.ReferenceProfile;
import dev.anneal.drift.TrainingRows;
import dev.anneal.events.Cause;
import dev.anneal.events.Definition;
import dev.anneal.events.DriftEvent;
import dev.anneal.events.DriftReport;
import dev.anneal.events.DriftSettings;
import dev.anneal.events.DriftVerdict;
import dev.anneal.events.EstimateSwitchedOff;
import dev.anneal.events.ModelDefinition;
import dev.anneal.events.ModelDeployed;
import dev.anneal.policy.EventTime;
import dev.anneal.schemas.RowCodec.Row;
import dev.anneal.schemas.Topics;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LossTopologyTest {
  private static final long HOUR = EventTime.HOUR_MICROS;
  private static final int PUMPS = 10;

  private final Plant plant = new Plant();
  private final SplittableRandom random = new SplittableRandom(7);

  /// A version that was trained on days 0 to 10, with scores of 0 to .1, serves.
  @BeforeEach
  void modelInService() {
    plant.define(Plant.withoutRefreshes());
    for (int day = 0; day < 10; day++) {
      rows(day);
    }
    var rows = plant.features();
    var names =
        WireDefinitions.model(new Definition(Instant.EPOCH, Plant.model(List.of("3"), 0)))
            .specification()
            .names();
    var scores = new float[rows.size()];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = (float) random.nextDouble(.1);
    }
    var profile =
        ReferenceProfile.build(names, new double[names.size()], new Rows(rows), scores, null);
    plant.deploy("v1", profile.withEstimator(estimator(new Rows(rows))));
    String request = plant.requests().getFirst().getRequestId();
    plant.lifecycle(request, new ModelDeployed("v1", null, "direct", "deployment-of-v1"));
    plant.drift();
  }

  /// Of scores that are true probabilities: of those of .175 just as many fail.
  private PerformanceEstimator estimator(Rows rows) {
    var scores = new double[rows.size()];
    var labels = new double[rows.size()];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = (i % 20 + .5) / 20;
      int before = i / 20; // rows with this score
      labels[i] = Math.floor((before + 1) * scores[i]) - Math.floor(before * scores[i]);
    }
    return PerformanceEstimator.fit(scores, labels, .5, rows);
  }

  @AfterEach
  void close() {
    plant.close();
  }

  @Test
  void failuresThatWereNotForetoldLeadToATrainingOnTheRowsSince() {
    triggeredBy("performance");
    for (int day = 11; day < 61; day++) {
      day(day, "v1", 0, .1);
    }
    assertThat(plant.requests()).isEmpty();

    for (int day = 61; day < 81; day++) {
      day(day, "v1", 0, .1);
      for (int pump = 0; pump < PUMPS; pump++) {
        plant.failed("pump-" + pump, day * DAY + 23 * HOUR);
      }
    }

    var request = plant.requests().getFirst();
    assertThat(request.getCause()).isEqualTo(Cause.PERFORMANCE);
    // the window's buckets double in size, so that the change is located to half of what is kept
    assertThat(request.getDataFrom())
        .isBetween(
            Instant.EPOCH.plus(25, ChronoUnit.DAYS), Instant.EPOCH.plus(63, ChronoUnit.DAYS));
    assertThat(plant.deadLetters()).isEmpty();
  }

  private void triggeredBy(String evidence) {
    var model = Plant.withoutRefreshes();
    var drift = DriftSettings.newBuilder(model.getDrift()).setTriggers(List.of(evidence));
    plant.define(ModelDefinition.newBuilder(model).setDrift(drift.build()).build());
  }

  @Test
  void foretoldFailuresLeadToNone() {
    for (int day = 11; day < 61; day++) {
      day(day, "v1", 0, .1);
    }
    for (int day = 61; day < 81; day++) {
      day(day, "v1", .9, 1);
      for (int pump = 0; pump < PUMPS; pump++) {
        plant.failed("pump-" + pump, day * DAY + 23 * HOUR);
      }
    }

    assertThat(plant.requests()).extracting(r -> r.getCause()).doesNotContain(Cause.PERFORMANCE);
  }

  @Test
  void failuresThatAreReadDaysAfterThePredictionsOfTheirTimeCountAsFailures() {
    for (int day = 11; day < 61; day++) {
      day(day, "v1", 0, .1);
    }
    for (int from = 61; from < 81; from += 5) {
      for (int day = from; day < from + 5; day++) {
        predictions(day, "v1", .9, 1);
        rows(day);
      }
      for (int day = from; day < from + 5; day++) {
        for (int pump = 0; pump < PUMPS; pump++) {
          plant.failed("pump-" + pump, day * DAY + 23 * HOUR);
        }
      }
      plant.failuresKnown((from + 5) * DAY);
    }

    assertThat(plant.requests()).extracting(r -> r.getCause()).doesNotContain(Cause.PERFORMANCE);
  }

  @Test
  void scoresThatAreDistributedOtherwiseAreDriftOfPredictions() {
    triggeredBy("predictions");
    for (int day = 11; day < 14; day++) {
      day(day, "v1", 0, .1);
    }
    for (int day = 14; day < 20; day++) {
      day(day, "v1", .3, .4);
    }

    var reports = reports("predictions");
    assertThat(reports)
        .filteredOn(report -> report.getWindow().equals("P1D"))
        .extracting(DriftReport::getVerdict)
        .startsWith(
            DriftVerdict.STABLE, DriftVerdict.STABLE, DriftVerdict.STABLE, DriftVerdict.DRIFT);
    assertThat(plant.requests())
        .singleElement()
        .satisfies(
            request -> {
              assertThat(request.getCause()).isEqualTo(Cause.DRIFT);
              assertThat(request.getReason()).contains("predictions");
              assertThat(request.getDataFrom()).isEqualTo(Instant.EPOCH.plus(14, ChronoUnit.DAYS));
            });
  }

  @Test
  void aDayWhoseFirstScoresCameInItsMiddleIsNotCounted() {
    for (int hour = 12; hour < 24; hour++) {
      plant.predicted("v1", "pump-1", 11 * DAY + hour * HOUR, .35);
    }
    for (int day = 12; day < 15; day++) {
      day(day, "v1", 0, .1);
    }

    var reports = reports("predictions");
    assertThat(reports).extracting(DriftReport::getVerdict).containsOnly(DriftVerdict.STABLE);
    assertThat(reports.getFirst().getWindowStart())
        .isEqualTo(Instant.EPOCH.plus(12, ChronoUnit.DAYS));
  }

  @Test
  void predictionsOfAnotherVersionSayNothing() {
    for (int day = 11; day < 20; day++) {
      day(day, "v0", .3, .4);
    }

    assertThat(reports("predictions")).isEmpty();
  }

  @Test
  void assetsThatAreScoredNoMoreAreForgotten() {
    int most = 0;
    for (int day = 11; day < 400; day++) {
      plant.failuresKnown(day * DAY);
      String asset = "pump-of-week-" + day / 7;
      plant.predicted("v1", asset, day * DAY, .1);
      plant.failed(asset, day * DAY + HOUR);
      most = Math.max(most, plant.keys(LossProcessor.LOSSES).size());
    }

    // of 56: those of 60 days at most, each with scores and failures, and how far all is known
    assertThat(most).isBetween(10, 2 * 10 + 1);
  }

  @Test
  void aSourceWhoseClockRanAheadIsBelievedUntilItsNextWordOnly() {
    triggeredBy("performance");
    plant.failuresKnown(75 * 365 * DAY);
    plant.failuresKnown(11 * DAY);
    for (int day = 11; day < 81; day++) {
      predictions(day, "v1", 0, .1);
      rows(day);
    }

    assertThat(plant.losses()).as("losses whose outcomes nobody knows").isEmpty();
  }

  @Test
  void aModelThatIsDeletedIsForgottenAndBeginsAnew() {
    for (int day = 11; day < 14; day++) {
      day(day, "v1", 0, .1);
    }
    assertThat(plant.keys(LossProcessor.SCORES)).isNotEmpty();
    assertThat(plant.keys(LossProcessor.LOSSES)).hasSizeGreaterThan(PUMPS);
    plant.drift();

    plant.undefine();
    plant.failuresKnown(14 * DAY);
    assertThat(plant.keys(LossProcessor.SCORES)).isEmpty();
    assertThat(plant.keys(LossProcessor.LOSSES)).containsExactly("reached/acme");

    plant.define(Plant.withoutRefreshes());
    plant.predicted("v1", "pump-1", 14 * DAY + 12 * HOUR, .05);
    for (int day = 15; day < 17; day++) {
      day(day, "v1", 0, .1);
    }
    assertThat(reports("predictions"))
        .first()
        .satisfies(
            report ->
                assertThat(report.getWindowStart())
                    .isEqualTo(Instant.EPOCH.plus(15, ChronoUnit.DAYS)));
  }

  @Test
  void aModelWhoseDefinitionCannotBeReadAfterARestartIsNotDeleted() {
    for (int day = 11; day < 14; day++) {
      day(day, "v1", 0, .1);
    }
    var waiting = plant.keys(LossProcessor.LOSSES);
    assertThat(waiting).hasSizeGreaterThan(PUMPS);

    var committed = plant.commit();
    plant.malformed(Topics.MODELS, Plant.KEY);
    plant.restart(committed);
    plant.failuresKnown(14 * DAY);

    assertThat(plant.keys(LossProcessor.LOSSES)).isEqualTo(waiting);
  }

  @Test
  void whatCannotBeReadIsADeadLetter() {
    plant.malformed(Topics.predictions(Plant.ORGANIZATION), "pump-1");
    plant.malformed(Topics.outcomes(Plant.ORGANIZATION), "pump-1");

    assertThat(plant.deadLetters())
        .extracting(l -> l.getCode())
        .containsOnly("malformed-avro")
        .hasSize(2);
  }

  @Test
  void aFailureThatCannotHaveBeenIsADeadLetter() {
    plant.failed("pump-1", 75 * 365 * DAY, 11 * DAY);
    plant.failed("pump-1", 11 * DAY + HOUR, 11 * DAY); // clocks differ by an hour

    assertThat(plant.deadLetters())
        .singleElement()
        .satisfies(
            letter -> {
              assertThat(letter.getCode()).isEqualTo("bad-event-time");
              assertThat(letter.getTopic()).isEqualTo("anneal.outcomes.acme");
            });
  }

  @Test
  void aDaysScoresTellTheEstimatedPerformance() {
    for (int day = 11; day < 14; day++) {
      day(day, "v1", .1, .3);
    }

    var events = events();
    var reports = reports(events, "predictions");
    assertThat(reports).isNotEmpty();
    for (var report : reports) {
      var estimated = report.getEstimatedPerformance();
      assertThat(estimated.getRows()).isEqualTo(240);
      assertThat(estimated.getAccuracy().getValue()).isCloseTo(.8, within(.05));
      assertThat(estimated.getAccuracy().getHigh() - estimated.getAccuracy().getLow())
          .isCloseTo(6 * Math.sqrt(.8 * .2 / 240), within(.02));
      assertThat(estimated.getRecall().getValue()).isZero();
      assertThat(estimated.getPrecision().getValue()).isNaN();
    }
    assertThat(reports(events, "features"))
        .extracting(DriftReport::getEstimatedPerformance)
        .containsOnlyNulls();
    assertThat(plant.requests()).isEmpty();
  }

  @Test
  void nothingIsEstimatedWhereTheDefinitionSaysSo() {
    var model = Plant.model(List.of("3"), 5 * 24 * 3600);
    var drift = DriftSettings.newBuilder(model.getDrift()).setEstimatedPerformance(false);
    plant.define(ModelDefinition.newBuilder(model).setDrift(drift.build()).build());
    for (int day = 11; day < 14; day++) {
      day(day, "v1", .1, .3);
    }

    assertThat(reports("predictions"))
        .isNotEmpty()
        .extracting(DriftReport::getEstimatedPerformance)
        .containsOnlyNulls();
  }

  @Test
  void labelsThatDisagreeSwitchTheEstimateOffOnce() {
    for (int day = 11; day < 60; day++) {
      day(day, "v1", .1, .3);
    }

    var events = events();
    assertThat(events).filteredOn(EstimateSwitchedOff.class::isInstance).hasSize(1);
    var daily = daily(events);
    assertThat(daily.getFirst().getEstimatedPerformance()).isNotNull();
    assertThat(daily.getLast().getEstimatedPerformance()).isNull();
  }

  @Test
  void labelsThatAgreeLeaveItOn() {
    for (int day = 11; day < 60; day++) {
      for (int pump = 0; pump < PUMPS; pump++) {
        if (random.nextDouble() < .2) {
          plant.failed("pump-" + pump, day * DAY + 12 * HOUR);
        }
      }
      day(day, "v1", .18, .22);
    }

    var events = events();
    assertThat(events).noneMatch(EstimateSwitchedOff.class::isInstance);
    assertThat(daily(events))
        .hasSizeGreaterThan(40)
        .extracting(DriftReport::getEstimatedPerformance)
        .doesNotContainNull();
  }

  private List<DriftReport> reports(String evidence) {
    return reports(events(), evidence);
  }

  private List<Object> events() {
    return plant.drift().stream().map(DriftEvent::getEvent).toList();
  }

  private static List<DriftReport> daily(List<Object> events) {
    return reports(events, "predictions").stream()
        .filter(report -> report.getWindow().equals("P1D"))
        .toList();
  }

  private static List<DriftReport> reports(List<Object> events, String evidence) {
    return events.stream()
        .filter(DriftReport.class::isInstance)
        .map(DriftReport.class::cast)
        .filter(report -> report.getEvidence().equals(evidence))
        .toList();
  }

  private void day(int day, String version, double low, double high) {
    plant.failuresKnown(day * DAY);
    predictions(day, version, low, high);
    rows(day);
  }

  private void predictions(int day, String version, double low, double high) {
    for (int hour = 0; hour < 24; hour++) {
      for (int pump = 0; pump < PUMPS; pump++) {
        long time = day * DAY + hour * HOUR;
        plant.predicted(version, "pump-" + pump, time, random.nextDouble(low, high));
      }
    }
  }

  private void rows(int day) {
    for (int hour = 0; hour < 24; hour++) {
      for (int pump = 0; pump < PUMPS; pump++) {
        long time = day * DAY + hour * HOUR + 1;
        plant.row("pump-" + pump, time, random.nextGaussian(), random.nextGaussian());
      }
    }
  }

  private record Rows(List<Row> rows) implements TrainingRows {
    @Override
    public int size() {
      return rows.size();
    }

    @Override
    public int asset(int row) {
      return Integer.parseInt(rows.get(row).asset().substring("pump-".length()));
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
