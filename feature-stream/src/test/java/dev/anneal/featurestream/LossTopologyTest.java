package dev.anneal.featurestream;

import static dev.anneal.featurestream.Plant.DAY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.drift.ReferenceProfile;
import dev.anneal.drift.TrainingRows;
import dev.anneal.events.Cause;
import dev.anneal.events.Definition;
import dev.anneal.events.DriftEvent;
import dev.anneal.events.DriftReport;
import dev.anneal.events.DriftSettings;
import dev.anneal.events.DriftVerdict;
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
    plant.define();
    for (int day = 0; day < 10; day++) {
      rows(day);
    }
    var rows = plant.features();
    var names =
        Wire.model(new Definition(Instant.EPOCH, Plant.model(List.of("3"), 0)))
            .specification()
            .names();
    var scores = new float[rows.size()];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = (float) random.nextDouble(.1);
    }
    plant.deploy(
        "v1",
        ReferenceProfile.build(names, new double[names.size()], new Rows(rows), scores, null));
    String request = plant.requests().getFirst().getRequestId();
    plant.lifecycle(request, new ModelDeployed("v1", null, "direct", "deployment-of-v1"));
    plant.drift();
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
    var model = Plant.model(List.of("3"), 5 * 24 * 3600);
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

  private List<DriftReport> reports(String evidence) {
    return plant.drift().stream()
        .map(DriftEvent::getEvent)
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
