package dev.anneal.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.anneal.drift.DriftEvaluation;
import dev.anneal.drift.DriftEvaluation.Verdict;
import dev.anneal.policy.DriftReport.Span;
import dev.anneal.policy.PolicyEvent.Requested;
import dev.anneal.policy.PolicyEvent.Suppressed;
import dev.anneal.policy.PolicyInput.End;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class RetrainingPolicyTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final long DAY = EventTime.DAY_MICROS;
  private static final long WEEK_SECONDS = 7L * 24 * 3600;

  private RetrainingPolicy policy = policy(true, WEEK_SECONDS);
  private final List<PolicyEvent> told = new ArrayList<>();
  private RetrainingState state = RetrainingState.NEW;

  @Test
  void theFirstTrainingWaitsForHistoryAndLabels() {
    hear(rows(0, 10));
    hear(rows(4, 10));
    hear(rows(6, 30));
    assertThat(codes()).containsExactly("initial-history", "insufficient-labels");

    hear(rows(7, 100));
    hear(rows(9, 100));

    assertThat(requests()).singleElement().extracting(Requested::cause).isEqualTo(Cause.INITIAL);
  }

  @Test
  void driftMustLastAndIsLocatedAtItsFirstWindow() {
    modelInService();

    day(30, Verdict.DRIFT);
    day(31, Verdict.STABLE);
    day(32, Verdict.DRIFT);
    assertThat(requests()).isEmpty();
    day(33, Verdict.DRIFT);

    assertThat(requests())
        .singleElement()
        .extracting(Requested::dataFromMicros)
        .isEqualTo(30 * DAY);
    assertThat(codes()).containsExactly("persistence", "requested");
  }

  @Test
  void windowsThatCannotTellAreNoWindows() {
    modelInService();

    day(30, Verdict.DRIFT);
    day(31, Verdict.INSUFFICIENT);
    day(32, Verdict.SENSOR_FAULT);
    day(33, Verdict.DRIFT);
    day(34, Verdict.DRIFT);

    assertThat(codes()).containsExactly("persistence", "sensor-fault", "requested");
  }

  @Test
  void longWindowsMustLastTooAndTheChangeIsTheFirstDriftedShortOne() {
    modelInService();

    day(30, Verdict.DRIFT);
    for (int day = 31; day < 39; day++) {
      day(day, Verdict.STABLE);
    }
    hear(report(Span.LONG, 29, Verdict.DRIFT));
    hear(report(Span.LONG, 30, Verdict.STABLE));
    hear(report(Span.LONG, 31, Verdict.DRIFT));
    assertThat(requests()).isEmpty();
    hear(report(Span.LONG, 32, Verdict.DRIFT));

    assertThat(requests())
        .singleElement()
        .extracting(Requested::dataFromMicros)
        .isEqualTo(30 * DAY);
  }

  @Test
  void sensorFaultsNeverRetrain() {
    modelInService();

    for (int day = 30; day < 40; day++) {
      day(day, Verdict.SENSOR_FAULT);
    }

    assertThat(codes()).containsExactly("sensor-fault");
  }

  @Test
  void driftThatIsSwitchedOffSaysSo() {
    var off = policy(false, WEEK_SECONDS);
    modelInService();

    for (int day = 30; day < 35; day++) {
      hear(off, report(Span.SHORT, day, Verdict.DRIFT));
    }

    assertThat(codes()).containsExactly("persistence", "disabled");
  }

  @Test
  void aRequestIsFollowedByACooldown() {
    modelInService();
    hear(new PolicyInput.Ticked("tick"));
    hear(new PolicyInput.Ended(requests().getFirst().requestId(), End.CANCELLED));
    told.clear();

    for (int day = 30; day < 34; day++) {
      day(day, Verdict.DRIFT);
    }
    assertThat(codes()).containsExactly("persistence", "cooldown");
    day(38, Verdict.DRIFT);

    assertThat(requests()).singleElement().extracting(Requested::cause).isEqualTo(Cause.DRIFT);
  }

  @Test
  void labelsMustBeNewerThanTheChange() {
    modelInService();

    for (int day = 30; day < 34; day++) {
      hear(report(Span.SHORT, day, Verdict.DRIFT));
    }
    assertThat(codes()).containsExactly("persistence", "insufficient-labels");
    hear(rows(33, 500));
    hear(rows(35, 10));

    assertThat(requests()).hasSize(1);
  }

  @Test
  void whatSomebodyElseAskedForIsInFlightToo() {
    modelInService();

    hear(new PolicyInput.Queued("by-hand", null));
    for (int day = 30; day < 34; day++) {
      day(day, Verdict.DRIFT);
    }
    assertThat(codes()).containsExactly("persistence", "in-flight");
    hear(new PolicyInput.Ended("by-hand", End.REJECTED));

    assertThat(requests()).hasSize(1);
  }

  @Test
  void aCoalescedRequestEndsWithTheOneThatCoversIt() {
    modelInService();
    hear(new PolicyInput.Ticked("tick"));
    String own = requests().getFirst().requestId();

    hear(new PolicyInput.Queued(own, "other"));
    hear(new PolicyInput.Ended("other", End.DEPLOYED));

    assertThat(state.requests().inFlight()).isEmpty();
  }

  @Test
  void afterRejectionsItTriesAgainWithDoublingWaits() {
    modelInService();
    for (int day = 30; day < 33; day++) {
      day(day, Verdict.DRIFT);
    }

    var days = new ArrayList<Long>();
    for (int day = 33; day < 110; day++) {
      for (var id : List.copyOf(state.requests().inFlight().keySet())) {
        days.add(state.now() / DAY);
        hear(new PolicyInput.Ended(id, End.REJECTED));
      }
      hear(rows(day, 500));
    }

    // five more tries, then drift asks again after the cooldown
    assertThat(days).startsWith(33L, 35L, 39L, 47L, 63L, 95L, 102L);
    assertThat(requests())
        .extracting(Requested::cause)
        .startsWith(Cause.DRIFT, Cause.REFRESH, Cause.REFRESH);
    assertThat(requests().get(6).cause()).isEqualTo(Cause.DRIFT);
  }

  @Test
  void aFirstModelIsTriedForAsLongAsItTakes() {
    hear(rows(0, 500));
    var days = new ArrayList<Long>();
    for (int day = 8; day < 100; day++) {
      hear(rows(day, 500));
      for (var id : List.copyOf(state.requests().inFlight().keySet())) {
        days.add(state.now() / DAY);
        hear(new PolicyInput.Ended(id, End.FAILED));
      }
    }

    assertThat(days).containsExactly(8L, 9L, 11L, 15L, 23L, 39L, 55L, 71L, 87L);
  }

  @Test
  void everyTickIsAnswered() {
    modelInService();

    hear(new PolicyInput.Ticked("tick-1"));
    hear(new PolicyInput.Ticked("tick-2"));
    hear(new PolicyInput.Ticked("tick-3"));

    assertThat(codes()).containsExactly("requested", "in-flight", "in-flight");
  }

  @Test
  void aTickThatComesTwiceAsksOnce() {
    modelInService();

    hear(new PolicyInput.Ticked("tick"));
    hear(new PolicyInput.Ended(requests().getFirst().requestId(), End.CANCELLED));
    hear(new PolicyInput.Ticked("tick"));

    assertThat(codes()).containsExactly("requested");
  }

  @Test
  void aRisenLossAsksForATrainingOnTheRowsSinceAndWaitsADayOnly() {
    modelInService();
    hear(new PolicyInput.Ticked("tick"));
    hear(new PolicyInput.Ended(requests().getFirst().requestId(), End.CANCELLED));
    told.clear();

    hear(new PolicyInput.LossRose("v1", 27 * DAY, "loss .1 → .4"));
    hear(rows(31, 500));

    assertThat(codes()).containsExactly("cooldown", "requested");
    assertThat(requests().getFirst().cause()).isEqualTo(Cause.PERFORMANCE);
    assertThat(requests().getFirst().dataFromMicros()).isEqualTo(27 * DAY);
  }

  @Test
  void aLossThatFellAgainAsksForNothing() {
    modelInService();
    hear(new PolicyInput.LossRose("v1", 29 * DAY, "loss .1 → .4"));

    hear(new PolicyInput.LossFell("v1"));
    hear(rows(35, 500));

    assertThat(codes()).containsExactly("insufficient-labels");
  }

  @Test
  void anotherVersionForgetsWhatWasFoundOfTheOneBefore() {
    modelInService();
    day(30, Verdict.DRIFT);
    day(31, Verdict.DRIFT);

    hear(new PolicyInput.Served("v0"));
    hear(
        new PolicyInput.Evaluated(
            reportOf("v0", Evidence.FEATURES, Span.SHORT, 32, Verdict.DRIFT)));

    assertThat(requests()).isEmpty();
  }

  @Test
  void driftOfPredictionsAloneAsksForNoTraining() {
    modelInService();

    driftOfPredictions();

    assertThat(requests()).isEmpty();
  }

  @Test
  void driftOfPredictionsAloneIsEnoughWhereTheDefinitionSaysSo() {
    policy = policy(true, EnumSet.of(Evidence.PREDICTIONS), WEEK_SECONDS);
    modelInService();

    driftOfPredictions();

    assertThat(codes()).containsExactly("persistence", "requested");
  }

  private void driftOfPredictions() {
    for (int day = 30; day < 33; day++) {
      hear(rows(day + 1, 500));
      hear(
          new PolicyInput.Evaluated(
              reportOf("v1", Evidence.PREDICTIONS, Span.SHORT, day, Verdict.DRIFT)));
    }
  }

  @Test
  void aWindowThatIsReportedTwiceCountsOnce() {
    modelInService();

    day(30, Verdict.DRIFT);
    hear(report(Span.SHORT, 30, Verdict.DRIFT));
    hear(report(Span.SHORT, 30, Verdict.DRIFT));

    assertThat(codes()).containsExactly("persistence");
  }

  @Test
  void aChangeIsTrainedOnAgainAfterAPromotionAsRowsCome() {
    modelInService();
    for (int day = 30; day < 33; day++) {
      day(day, Verdict.DRIFT);
    }
    hear(new PolicyInput.Ended(requests().getFirst().requestId(), End.DEPLOYED));

    hear(rows(34, 500)); // a day has passed, and to 1,000 rows with a known label came 500
    assertThat(requests()).hasSize(1);
    hear(rows(36, 0));
    assertThat(requests()).hasSize(2);
    hear(new PolicyInput.Ended(requests().getLast().requestId(), End.REJECTED));
    hear(rows(38, 1_999)); // two days have passed
    hear(rows(40, 1));
    assertThat(requests()).hasSize(2);
    hear(rows(42, 0));

    assertThat(requests())
        .extracting(Requested::cause)
        .containsExactly(Cause.DRIFT, Cause.REFRESH, Cause.REFRESH);
    assertThat(requests()).extracting(Requested::dataFromMicros).containsOnly(30 * DAY);
  }

  @Test
  void aRefreshOfFewRowsWaitsForAsManyMoreAsTheSettingsSay() {
    modelInService();
    hear(rows(30, 100));
    hear(new PolicyInput.LossRose("v1", 30 * DAY, "loss .1 → .4"));
    hear(rows(32, 0));
    hear(new PolicyInput.Ended(requests().getFirst().requestId(), End.DEPLOYED));

    hear(rows(33, 499));
    hear(rows(35, 1));
    assertThat(requests()).hasSize(1);
    hear(rows(37, 0));

    assertThat(requests()).last().extracting(Requested::cause).isEqualTo(Cause.REFRESH);
  }

  @Test
  void aFirstModelIsTrainedOnAllRowsAgainWhenTheyHaveDoubled() {
    hear(rows(0, 1_000));
    hear(rows(9, 1_000));
    hear(new PolicyInput.Ended(requests().getFirst().requestId(), End.DEPLOYED));

    hear(rows(10, 0));
    assertThat(requests()).hasSize(1);
    hear(rows(11, 1_999));
    assertThat(requests()).hasSize(2);
    hear(new PolicyInput.Ended(requests().getLast().requestId(), End.REJECTED));
    hear(rows(14, 1));
    assertThat(requests()).hasSize(2);
    hear(rows(16, 0));

    assertThat(requests())
        .extracting(Requested::cause)
        .containsExactly(Cause.INITIAL, Cause.REFRESH, Cause.REFRESH);
    assertThat(requests()).extracting(Requested::dataFromMicros).containsOnlyNulls();
    assertThat(requests()).extracting(Requested::requestId).doesNotHaveDuplicates();
  }

  @Test
  void aFirstModelThatSomebodyElseAskedForIsTrainedAgainToo() {
    hear(new PolicyInput.Queued("by-hand", null));
    hear(rows(0, 1_000));
    hear(rows(2, 0));
    hear(new PolicyInput.Ended("by-hand", End.DEPLOYED));

    hear(rows(4, 1_000));
    assertThat(requests()).isEmpty();
    hear(rows(6, 0));

    assertThat(requests()).singleElement().extracting(Requested::cause).isEqualTo(Cause.REFRESH);
  }

  @Test
  void aChangeEndsTheRefreshesOfTheFirstModel() {
    modelInService();
    for (int day = 30; day < 33; day++) {
      day(day, Verdict.DRIFT);
    }
    hear(new PolicyInput.Ended(requests().getFirst().requestId(), End.CANCELLED));

    hear(rows(34, 60_000));
    hear(rows(36, 0));

    assertThat(requests()).hasSize(1);
  }

  @Test
  void aRiseThatIsHeardWhileAnOlderChangeIsTrainedOnOutlivesThePromotion() {
    modelInService();
    for (int day = 30; day < 33; day++) {
      day(day, Verdict.DRIFT);
    }
    hear(rows(35, 500));
    hear(new PolicyInput.LossRose("v1", 35 * DAY, "loss .1 → .4"));

    hear(new PolicyInput.Ended(requests().getFirst().requestId(), End.DEPLOYED));
    hear(rows(37, 0));

    assertThat(requests()).hasSize(2);
    assertThat(requests().getLast().cause()).isEqualTo(Cause.PERFORMANCE);
    assertThat(requests().getLast().dataFromMicros()).isEqualTo(35 * DAY);
  }

  @Test
  void aRiseThatWasTrainedOnIsOverWithThePromotion() {
    modelInService();
    hear(new PolicyInput.LossRose("v1", 28 * DAY, "loss .1 → .4"));
    hear(rows(31, 0));
    assertThat(requests()).hasSize(1);

    hear(new PolicyInput.Ended(requests().getFirst().requestId(), End.DEPLOYED));
    hear(rows(40, 10));

    assertThat(requests()).hasSize(1);
  }

  @Test
  void aRiseNoLaterThanTheChangeOfARefreshToComeIsTheSameChange() {
    modelInService();
    for (int day = 30; day < 33; day++) {
      day(day, Verdict.DRIFT);
    }
    hear(new PolicyInput.Ended(requests().getFirst().requestId(), End.DEPLOYED));

    hear(new PolicyInput.LossRose("v2", 30 * DAY, "loss .1 → .4"));
    hear(rows(35, 0));
    assertThat(requests()).hasSize(1);
    assertThat(codes()).last().isEqualTo("refresh-pending");
    hear(new PolicyInput.LossRose("v2", 31 * DAY, "loss .4 → .5"));

    assertThat(requests()).last().extracting(Requested::cause).isEqualTo(Cause.PERFORMANCE);
  }

  @Test
  void aRiseOutlivesARollback() {
    modelInService();
    hear(new PolicyInput.LossRose("v1", 30 * DAY, "loss .1 → .4"));

    hear(new PolicyInput.Served("v0"));
    hear(rows(31, 500));
    hear(rows(33, 0));

    assertThat(requests()).singleElement().extracting(Requested::changeMicros).isEqualTo(30 * DAY);
  }

  @Test
  void whileAChangeIsBeingTriedAgainItAsksForNothingElse() {
    modelInService();
    for (int day = 30; day < 33; day++) {
      day(day, Verdict.DRIFT);
    }
    String request = requests().getFirst().requestId();
    told.clear();

    hear(new PolicyInput.Ended(request, End.REJECTED));
    hear(report(Span.SHORT, 33, Verdict.DRIFT));

    assertThat(codes()).containsExactly("refresh-pending");
  }

  @Test
  void aScheduledTrainingKeepsTheLocatedStart() {
    modelInService();
    for (int day = 30; day < 33; day++) {
      day(day, Verdict.DRIFT);
    }
    hear(new PolicyInput.Ended(requests().getFirst().requestId(), End.CANCELLED));

    hear(new PolicyInput.Ticked("tick"));

    assertThat(requests().getLast().cause()).isEqualTo(Cause.SCHEDULE);
    assertThat(requests().getLast().dataFromMicros()).isEqualTo(30 * DAY);
  }

  @Test
  void whatIsHeardAgainOfARequestThatEndedIsNoNews() {
    modelInService();
    hear(new PolicyInput.Queued("by-hand", null));
    hear(new PolicyInput.Ended("by-hand", End.FAILED));

    hear(new PolicyInput.Queued("by-hand", null));

    assertThat(state.requests().inFlight()).isEmpty();
  }

  @Test
  void stateSurvivesItsEncoding() {
    modelInService();
    day(30, Verdict.DRIFT);
    hear(new PolicyInput.Ticked("tick"));

    assertThat(readBack(state)).isEqualTo(state);
  }

  private static RetrainingPolicy policy(boolean driftEnabled, long cooldownSeconds) {
    return policy(driftEnabled, RetrainingSettings.DEFAULT.triggers(), cooldownSeconds);
  }

  private static RetrainingPolicy policy(
      boolean driftEnabled, Set<Evidence> triggers, long cooldownSeconds) {
    var d = RetrainingSettings.DEFAULT;
    return new RetrainingPolicy(
        "acme/pump-failure",
        24L * 3600,
        new RetrainingSettings(
            driftEnabled,
            triggers,
            cooldownSeconds,
            d.performanceCooldownSeconds(),
            50,
            6L * 24 * 3600,
            3,
            4,
            d.refreshRows(),
            d.refreshWaitSeconds(),
            true,
            d.windows()));
  }

  private static RetrainingState readBack(RetrainingState state) {
    try {
      return JSON.readValue(JSON.writeValueAsBytes(state), RetrainingState.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Trained on so many rows that they do not double.
  private void modelInService() {
    hear(rows(0, 50_000));
    hear(rows(10, 500));
    hear(new PolicyInput.Ended(requests().getFirst().requestId(), End.DEPLOYED));
    hear(rows(29, 500));
    told.clear();
  }

  private void day(int day, Verdict verdict) {
    hear(rows(day, 500));
    hear(rows(day + 1, 0));
    hear(report(Span.SHORT, day, verdict));
  }

  private static PolicyInput rows(int day, long rows) {
    return progress(day, rows);
  }

  private static PolicyInput progress(int day, long rows) {
    var hours = new TreeMap<Long, Long>();
    if (rows > 0) {
      hours.put(day * 24L, rows);
    }
    return new PolicyInput.Advanced(hours, day * DAY);
  }

  @Test
  void aRequestWhoseEndNeverComesIsToldAndTriedAgain() {
    hear(rows(0, 1_000));
    hear(rows(9, 1_000));
    String id = requests().getFirst().requestId();
    told.clear();

    hear(new PolicyInput.Ended(id, End.EXPIRED));
    assertThat(state.requests().inFlight()).isEmpty();
    hear(new PolicyInput.Ended(id, End.EXPIRED));
    hear(rows(11, 1_000));

    assertThat(codes()).containsExactly("expired", "requested");
    assertThat(requests()).extracting(Requested::cause).containsExactly(Cause.REFRESH);
    assertThat(requests()).extracting(Requested::requestId).doesNotContain(id);
  }

  @Test
  void anExpiredTrainingThatIsDeployedAfterAllCounts() {
    hear(rows(0, 1_000));
    hear(rows(9, 1_000));
    String id = requests().getFirst().requestId();
    hear(new PolicyInput.Ended(id, End.EXPIRED));

    hear(new PolicyInput.Ended(id, End.DEPLOYED));
    hear(rows(10, 1_000)); // when it would have been tried again

    assertThat(requests()).hasSize(1);
  }

  @Test
  void aRefreshOfAFirstModelThatIsDeployedLateHasAnIdOfItsOwn() {
    hear(rows(0, 1_000));
    hear(rows(9, 1_000));
    String first = requests().getFirst().requestId();
    hear(new PolicyInput.Ended(first, End.EXPIRED));
    hear(rows(10, 0));
    hear(new PolicyInput.Ended(requests().getLast().requestId(), End.CANCELLED));

    hear(new PolicyInput.Ended(first, End.DEPLOYED));
    hear(rows(12, 0));

    assertThat(requests())
        .extracting(Requested::cause)
        .containsExactly(Cause.INITIAL, Cause.REFRESH, Cause.REFRESH);
    assertThat(requests()).extracting(Requested::requestId).doesNotHaveDuplicates();
  }

  @Test
  void aModelThatComesBackAfterItsStateWasForgottenUsesNoIdTwice() {
    hear(rows(0, 1_000));
    hear(rows(9, 1_000));
    hear(new PolicyInput.Ended(requests().getFirst().requestId(), End.DEPLOYED));

    state = state.forgotten();
    assertThat(state.labels()).isEqualTo(RetrainingState.NEW.labels());
    hear(rows(20, 1_000));
    hear(rows(29, 1_000));

    assertThat(requests()).extracting(Requested::cause).containsOnly(Cause.INITIAL).hasSize(2);
    assertThat(requests()).extracting(Requested::requestId).doesNotHaveDuplicates();
  }

  private static PolicyInput report(Span span, int day, Verdict verdict) {
    return new PolicyInput.Evaluated(reportOf(span, day, verdict));
  }

  private static DriftReport reportOf(Span span, int day, Verdict verdict) {
    return reportOf("v1", Evidence.FEATURES, span, day, verdict);
  }

  private static DriftReport reportOf(
      String version, Evidence evidence, Span span, int day, Verdict verdict) {
    var evaluation = new DriftEvaluation(verdict, "", List.of());
    int days = span == Span.SHORT ? 1 : 7;
    return new DriftReport(
        "d1", version, evidence, span, day * DAY, (day + days) * DAY, 500, evaluation);
  }

  private void hear(PolicyInput input) {
    hear(policy, input);
  }

  private void hear(RetrainingPolicy by, PolicyInput input) {
    for (var event : by.decide(state, input)) {
      state = by.apply(state, event);
      told.add(event);
    }
  }

  private List<Requested> requests() {
    return told.stream().filter(Requested.class::isInstance).map(Requested.class::cast).toList();
  }

  private List<String> codes() {
    return told.stream()
        .filter(event -> !(event instanceof PolicyEvent.Noted))
        .map(
            event ->
                event instanceof Suppressed suppressed ? suppressed.code().text() : "requested")
        .toList();
  }
}
