package dev.anneal.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.anneal.drift.DriftEvaluation;
import dev.anneal.drift.DriftEvaluation.Verdict;
import dev.anneal.policy.DriftReport.Span;
import dev.anneal.policy.PolicyEvent.Requested;
import dev.anneal.policy.PolicyInput.End;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A model's life with a random world around its policy: data that drifts and recovers, a trainer,
/// people who ask too, ticks, restarts and messages that come twice. The seed of what fails is in
/// the test's name.
class RetrainingPolicySimulationTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final long DAY = EventTime.DAY_MICROS;
  private static final int STEPS = 3_000;

  static List<Long> seeds() {
    return new SplittableRandom(11).longs(100).boxed().toList();
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void neverTwoRequestsInFlightAndNoIdTwice(long seed) {
    var life = new Life(seed);

    life.steps(STEPS);

    assertThat(life.made).isNotEmpty();
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void theSameLogGivesTheSameDecisions(long seed) {
    var life = new Life(seed);
    life.steps(STEPS);

    var again = replay(life, 1, seed);

    assertThat(again).isEqualTo(life.decided);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void messagesThatComeTwiceAskForNothingMore(long seed) {
    var life = new Life(seed);
    life.steps(STEPS);

    var again = replay(life, 2, seed);

    assertThat(requests(again)).isEqualTo(requests(life.decided));
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void aCauseIsNeverForgotten(long seed) {
    var life = new Life(seed);
    life.steps(STEPS / 4);

    life.driftWithoutEnd(120);

    boolean mayAsk =
        life.settings.enabled() && life.settings.triggers().contains(Evidence.FEATURES);
    assertThat(life.requestsSinceDrift()).as("%s", life.settings).matches(n -> !mayAsk || n > 0);
  }

  /// What a policy that reads the log decides, with restarts at random and every message but rows
  /// `times` times.
  private static List<PolicyEvent> replay(Life life, int times, long seed) {
    var random = new SplittableRandom(seed + 1);
    var policy = life.policy();
    var state = RetrainingState.NEW;
    var decided = new ArrayList<PolicyEvent>();
    for (var input : life.log) {
      for (int i = 0; i < (input instanceof PolicyInput.Advanced ? 1 : times); i++) {
        for (var event : policy.decide(state, input)) {
          state = policy.apply(state, event);
          if (!(event instanceof PolicyEvent.Noted)) {
            decided.add(event);
          }
        }
        state = random.nextInt(50) == 0 ? readBack(state) : state;
      }
    }
    return decided;
  }

  private static List<Requested> requests(List<PolicyEvent> events) {
    return events.stream().filter(Requested.class::isInstance).map(Requested.class::cast).toList();
  }

  private static RetrainingState readBack(RetrainingState state) {
    try {
      return JSON.readValue(JSON.writeValueAsBytes(state), RetrainingState.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The world, the policy in it, and what is checked after each step.
  private static final class Life {
    final RetrainingSettings settings;
    final List<PolicyInput> log = new ArrayList<>();
    final List<PolicyEvent> decided = new ArrayList<>();
    final List<String> made = new ArrayList<>();
    private final SplittableRandom random;

    // the trainer: what it works on, and what it said that was not heard yet
    private final Set<String> working = new LinkedHashSet<>();
    private final Deque<PolicyInput> said = new ArrayDeque<>();
    private final Set<String> known = new HashSet<>();
    private RetrainingState state = RetrainingState.NEW;
    private String version = "v1";
    private boolean drifting;
    private long day;
    private int others;
    private int madeBefore;

    Life(long seed) {
      this.random = new SplittableRandom(seed);
      this.settings =
          new RetrainingSettings(
              random.nextInt(8) > 0,
              triggers(),
              random.nextInt(10) * 86_400L,
              random.nextInt(3) * 86_400L,
              1 + random.nextInt(100),
              random.nextInt(15) * 86_400L,
              1 + random.nextInt(3),
              3 + random.nextInt(3),
              RetrainingSettings.DEFAULT.refreshRows().subList(0, random.nextInt(6)),
              random.nextInt(3) * 43_200L,
              random.nextBoolean(),
              RetrainingSettings.DEFAULT.windows());
    }

    private Set<Evidence> triggers() {
      var triggers = EnumSet.allOf(Evidence.class);
      if (random.nextInt(4) == 0) {
        triggers.remove(Evidence.values()[random.nextInt(Evidence.values().length)]);
      }
      return triggers;
    }

    RetrainingPolicy policy() {
      return new RetrainingPolicy("acme/pump-failure", 86_400, settings);
    }

    void steps(int count) {
      for (int i = 0; i < count; i++) {
        step();
      }
    }

    private void step() {
      switch (random.nextInt(12)) {
        case 0, 1, 2 -> rows(random.nextInt(400));
        case 3, 4 -> hear(report(Evidence.FEATURES, Span.SHORT, verdict()));
        case 5 -> hear(report(Evidence.PREDICTIONS, Span.SHORT, verdict()));
        case 6 -> hear(report(Evidence.FEATURES, Span.LONG, verdict()));
        case 7 -> hear(loss());
        case 8 -> hear(new PolicyInput.Ticked("tick-" + (day - random.nextInt(2))));
        case 9 -> trainerWorks();
        case 10 -> trainerIsHeard();
        case 11 -> rarely();
        default -> throw new AssertionError();
      }
    }

    private void rarely() {
      switch (random.nextInt(5)) {
        case 0 -> drifting = !drifting;
        case 1 -> queued("other-" + others++);
        case 2 -> state = readBack(state);
        case 3 -> heardAgain();
        case 4 -> {
          version = "v" + random.nextInt(5);
          hear(new PolicyInput.Served(version));
        }
        default -> throw new AssertionError();
      }
    }

    /// Something of not long ago, once more.
    private void heardAgain() {
      var input =
          log.isEmpty() ? null : log.get(log.size() - 1 - random.nextInt(Math.min(20, log.size())));
      if (input != null && !(input instanceof PolicyInput.Advanced)) {
        hear(input);
      }
    }

    private void rows(long rows) {
      day += random.nextInt(3) == 0 ? 1 : 0;
      var hours = new TreeMap<Long, Long>();
      hours.put(day * 24, rows);
      hear(new PolicyInput.Advanced(hours, day * DAY));
    }

    private Verdict verdict() {
      return switch (random.nextInt(10)) {
        case 0 -> Verdict.INSUFFICIENT;
        case 1 -> Verdict.SENSOR_FAULT;
        case 2 -> drifting ? Verdict.STABLE : Verdict.DRIFT;
        default -> drifting ? Verdict.DRIFT : Verdict.STABLE;
      };
    }

    private PolicyInput report(Evidence evidence, Span span, Verdict verdict) {
      long start = (day - (span == Span.SHORT ? 1 : 7)) * DAY;
      var evaluation = new DriftEvaluation(verdict, "", List.of());
      return new PolicyInput.Evaluated(
          new DriftReport("d", version, evidence, span, start, day * DAY, 500, evaluation));
    }

    private PolicyInput loss() {
      return drifting
          ? new PolicyInput.LossRose(version, (day - random.nextInt(5)) * DAY, "")
          : new PolicyInput.LossFell(version);
    }

    // ---- the trainer

    /// Takes a request: an id that it knows says nothing new, one while another is at work is
    /// covered by that.
    private void queued(String id) {
      if (!known.add(id)) {
        return;
      }
      String into = working.isEmpty() ? null : working.iterator().next();
      if (into == null) {
        working.add(id);
      }
      said.add(new PolicyInput.Queued(id, into));
    }

    private void trainerWorks() {
      if (!working.isEmpty()) {
        String id = working.iterator().next();
        working.remove(id);
        said.add(new PolicyInput.Ended(id, End.values()[random.nextInt(End.values().length)]));
      }
    }

    private void trainerIsHeard() {
      var next = said.poll();
      if (next != null) {
        if (next instanceof PolicyInput.Ended(_, End end) && end == End.DEPLOYED) {
          version = "v" + made.size();
        }
        hear(next);
      }
    }

    // ---- the policy

    private void hear(PolicyInput input) {
      log.add(input);
      var policy = policy();
      var events = policy.decide(state, input);
      if (random.nextInt(20) == 0) { // killed before anything was kept
        state = readBack(state);
        assertThat(policy.decide(state, input)).isEqualTo(events);
      }
      for (var event : events) {
        if (event instanceof Requested requested) {
          assertThat(state.requests().inFlight()).as("in flight at %s", requested).isEmpty();
          assertThat(own(working)).as("the policy's own at the trainer").isEmpty();
          assertThat(made).as("ids are used once").doesNotContain(requested.requestId());
          if (requested.changeMicros() != null) {
            assertThat(requested.refreshes()).isLessThanOrEqualTo(settings.refreshRows().size());
          }
          made.add(requested.requestId());
          queued(requested.requestId());
        }
        state = policy.apply(state, event);
        if (!(event instanceof PolicyEvent.Noted)) {
          decided.add(event);
        }
      }
      assertThat(state.requests().inFlight()).hasSizeLessThanOrEqualTo(1 + others);
    }

    private List<String> own(Set<String> ids) {
      return ids.stream().filter(made::contains).toList();
    }

    /// Every day drifts, and every training is rejected.
    void driftWithoutEnd(int days) {
      while (!working.isEmpty() || !said.isEmpty()) {
        trainerWorks();
        trainerIsHeard();
      }
      madeBefore = made.size();
      for (int i = 0; i < days; i++) {
        day++;
        rows(500);
        hear(report(Evidence.FEATURES, Span.SHORT, Verdict.DRIFT));
        if (!working.isEmpty()) {
          String id = working.iterator().next();
          working.remove(id);
          said.add(new PolicyInput.Ended(id, End.REJECTED));
        }
        while (!said.isEmpty()) {
          trainerIsHeard();
        }
      }
    }

    int requestsSinceDrift() {
      return made.size() - madeBefore;
    }
  }
}
