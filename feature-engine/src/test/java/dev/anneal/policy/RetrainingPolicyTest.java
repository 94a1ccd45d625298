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
import java.util.HashSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RetrainingPolicyTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final long DAY = EventTime.DAY_MICROS;
  private static final long WEEK_SECONDS = 7L * 24 * 3600;

  private final RetrainingPolicy policy = policy(true, WEEK_SECONDS);
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

    assertThat(codes()).containsExactly("persistence", "sensor-fault", "persistence", "requested");
  }

  @Test
  void oneDriftedWeekIsEnough() {
    modelInService();

    day(30, Verdict.DRIFT);
    for (int day = 31; day < 36; day++) {
      day(day, Verdict.STABLE);
    }
    hear(report(Span.WEEK, 30, Verdict.DRIFT));

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
      hear(off, report(Span.DAY, day, Verdict.DRIFT));
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
      hear(report(Span.DAY, day, Verdict.DRIFT));
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
    assertThat(codes()).containsExactly("in-flight");
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
    for (int day = 33; day < 90; day++) {
      for (var id : List.copyOf(state.requests().inFlight().keySet())) {
        days.add(state.now() / DAY);
        hear(new PolicyInput.Ended(id, End.REJECTED));
      }
      hear(rows(day, 500));
    }

    // five more tries, then drift asks again after the cooldown
    assertThat(days).startsWith(33L, 34L, 36L, 40L, 48L, 64L, 71L);
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
  void stateSurvivesItsEncoding() {
    modelInService();
    day(30, Verdict.DRIFT);
    hear(new PolicyInput.Ticked("tick"));

    assertThat(readBack(state)).isEqualTo(state);
  }

  static List<Long> seeds() {
    return new SplittableRandom(11).longs(200).boxed().toList();
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void neverHasTwoRequestsInFlightAndDecidesTheSameAgain(long seed) {
    var first = simulate(seed);

    assertThat(first).isNotEmpty();
    assertThat(simulate(seed)).isEqualTo(first);
  }

  /// Random inputs, with crashes between deciding and keeping: what was decided then is decided
  /// again.
  private static List<String> simulate(long seed) {
    var random = new SplittableRandom(seed);
    var policy = policy(random.nextInt(5) > 0, random.nextInt(10) * 24 * 3600L);
    var state = RetrainingState.NEW;
    var inFlight = new HashSet<String>();
    var made = new ArrayList<String>();
    int day = 0;
    for (int step = 0; step < 600; step++) {
      day += random.nextInt(3) == 0 ? 1 : 0;
      var input = randomInput(random, day, List.copyOf(inFlight));
      if (random.nextInt(10) == 0) {
        assertThat(policy.decide(state, input)).isEqualTo(policy.decide(state, input));
      }
      if (input instanceof PolicyInput.Ended ended) {
        inFlight.remove(ended.requestId());
      }
      if (input instanceof PolicyInput.Queued queued) {
        inFlight.add(queued.requestId());
      }
      for (var event : policy.decide(state, input)) {
        state = readBack(policy.apply(state, event));
        if (event instanceof Requested requested) {
          assertThat(inFlight).as("step %d", step).isEmpty();
          assertThat(made).as("ids are used once").doesNotContain(requested.requestId());
          made.add(requested.requestId());
          inFlight.add(requested.requestId());
        }
      }
      assertThat(state.requests().inFlight().keySet()).isEqualTo(inFlight);
    }
    return made;
  }

  private static PolicyInput randomInput(SplittableRandom random, int day, List<String> inFlight) {
    var verdict = Verdict.values()[random.nextInt(Verdict.values().length)];
    return switch (random.nextInt(8)) {
      case 0, 1 -> new PolicyInput.Evaluated(reportOf(Span.DAY, day, verdict));
      case 2 -> new PolicyInput.Evaluated(reportOf(Span.WEEK, day, verdict));
      case 3 -> new PolicyInput.Ticked("tick-" + day);
      case 4 ->
          random.nextInt(10) > 0
              ? progress(day, 50)
              : new PolicyInput.Queued("other-" + random.nextInt(99), null);
      case 5 -> {
        String id = inFlight.isEmpty() ? "unknown" : inFlight.getFirst();
        yield new PolicyInput.Ended(id, End.values()[random.nextInt(End.values().length)]);
      }
      default -> progress(day, random.nextInt(300));
    };
  }

  private static RetrainingPolicy policy(boolean driftEnabled, long cooldownSeconds) {
    var settings = new RetrainingSettings(driftEnabled, cooldownSeconds, 50, 6L * 24 * 3600, 3, 4);
    return new RetrainingPolicy("acme/pump-failure", 24L * 3600, settings);
  }

  private static RetrainingState readBack(RetrainingState state) {
    try {
      return JSON.readValue(JSON.writeValueAsBytes(state), RetrainingState.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void modelInService() {
    hear(rows(0, 500));
    hear(rows(10, 500));
    hear(new PolicyInput.Ended(requests().getFirst().requestId(), End.DEPLOYED));
    hear(rows(29, 500));
    told.clear();
  }

  private void day(int day, Verdict verdict) {
    hear(rows(day, 500));
    hear(rows(day + 1, 0));
    hear(report(Span.DAY, day, verdict));
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

  private static PolicyInput report(Span span, int day, Verdict verdict) {
    return new PolicyInput.Evaluated(reportOf(span, day, verdict));
  }

  private static DriftReport reportOf(Span span, int day, Verdict verdict) {
    var evaluation = new DriftEvaluation(verdict, "", List.of());
    return new DriftReport("d1", "v1", span, day * DAY, (day + span.days()) * DAY, 500, evaluation);
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
        .map(event -> event instanceof Suppressed suppressed ? suppressed.code() : "requested")
        .toList();
  }
}
