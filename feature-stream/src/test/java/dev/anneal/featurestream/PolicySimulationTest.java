package dev.anneal.featurestream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.drift.Bins;
import dev.anneal.drift.Extent;
import dev.anneal.drift.FeatureProfile;
import dev.anneal.drift.ReferenceProfile;
import dev.anneal.events.Cause;
import dev.anneal.events.DriftReport;
import dev.anneal.events.ModelDeployed;
import dev.anneal.events.ModelRejected;
import dev.anneal.events.RetrainingDecision;
import dev.anneal.events.TrainingCancelled;
import dev.anneal.events.TrainingFailed;
import dev.anneal.events.TrainingQueued;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A model's life through the real topology: counts of two partitions in random order, losses,
/// ticks, people, a trainer that loses requests, a definition that goes and comes back; and kills,
/// after which the stream goes on from its last commit with the records since.
class PolicySimulationTest {
  private static final int STEPS = 400;
  private static final List<String> SENSORS = List.of("temperature");

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void killsChangeNoDecisionAndNeverAreTwoRequestsInFlight(long seed) {
    List<String> undisturbed;
    try (var life = new Life(seed)) {
      undisturbed = life.lived(0);
    }

    try (var life = new Life(seed)) {
      assertThat(life.lived(20)).isEqualTo(undisturbed);
    }

    assertThat(undisturbed).filteredOn(line -> line.startsWith("request")).hasSizeGreaterThan(1);
  }

  private static final class Life implements AutoCloseable {
    private final Plant plant = new Plant();
    private final SplittableRandom random;
    private final SplittableRandom kills;
    private final List<Consumer<Plant>> sinceCommit = new ArrayList<>();
    private final List<String> toldSinceCommit = new ArrayList<>();
    private final List<Consumer<Plant>> past = new ArrayList<>();
    private final List<String> told = new ArrayList<>();
    private final long[] closedDays = new long[2];
    private final Set<String> asked = new LinkedHashSet<>();
    private final Set<String> working = new LinkedHashSet<>();
    private final Set<String> lost = new LinkedHashSet<>();
    private Plant.Committed committed;
    private boolean isDefined = true;
    private boolean drifting;
    private long hour;
    private int version;
    private int ids;

    Life(long seed) {
      this.random = new SplittableRandom(seed);
      this.kills = new SplittableRandom(-seed);
      plant.define(Plant.model(List.of("3"), 24 * 3600));
      deployed();
      this.committed = plant.commit();
    }

    /// @param killedIn one of so many steps is followed by a kill; 0: none
    /// @return all that was told
    List<String> lived(int killedIn) {
      for (int i = 0; i < STEPS; i++) {
        step();
        if (killedIn > 0 && kills.nextInt(killedIn) == 0) {
          killed();
        }
      }
      return told;
    }

    /// Comes back as of the last commit; what came since comes again and is told again.
    private void killed() {
      plant.restart(committed);
      var again = new ArrayList<String>();
      for (var input : sinceCommit) {
        input.accept(plant);
        again.addAll(heard());
      }
      assertThat(again).isEqualTo(toldSinceCommit);
    }

    private void commit() {
      committed = plant.commit();
      sinceCommit.clear();
      toldSinceCommit.clear();
    }

    private void step() {
      switch (random.nextInt(12)) {
        case 0, 1, 2 -> rows();
        case 3, 4, 5 -> day(random.nextInt(2));
        case 6 -> loss();
        case 7 -> {
          String tick = "tick-" + (hour / 24 - random.nextInt(2));
          hear(plant -> plant.tick(tick));
        }
        case 8, 9 -> trainerWorks();
        case 10 -> rarely();
        case 11 -> commit();
        default -> throw new AssertionError();
      }
    }

    private void rarely() {
      switch (random.nextInt(6)) {
        case 0 -> drifting = !drifting;
        case 1 -> hear(plant -> plant.clockAdvances(Duration.ofHours(5)));
        case 2 -> {
          if (!past.isEmpty()) { // once more
            hear(past.get(past.size() - 1 - random.nextInt(Math.min(9, past.size()))));
          }
        }
        case 3 -> trainerLoses();
        case 4 -> definitionChanges();
        case 5 -> {
          if (working.isEmpty() && lost.isEmpty()) {
            String id = "other-" + ids++;
            hear(plant -> plant.lifecycle(id, new TrainingQueued(Cause.MANUAL, "", "kim", null)));
            working.add(id);
          }
        }
        default -> throw new AssertionError();
      }
    }

    private void rows() {
      hour += random.nextInt(24);
      var rows = new TreeMap<Long, Long>();
      rows.put(hour, (long) random.nextInt(300));
      var progress = new Message.Progress(rows, hour * Plant.DAY / 24);
      hear(plant -> plant.tell(progress));
    }

    /// A partition closes its next day, or lags behind.
    private void day(int partition) {
      long day = ++closedDays[partition];
      long deployedAt = version * Plant.DAY;
      var bins = drifting ? List.of(480L, 10L, 10L, 0L, 0L) : List.of(160L, 180L, 160L, 0L, 0L);
      var counts =
          new Message.DayCounts(
              partition,
              "deployment-of-v" + version,
              deployedAt,
              SENSORS,
              day,
              day,
              500,
              List.of(bins),
              List.of());
      hear(plant -> plant.tell(counts));
    }

    private void loss() {
      double loss = drifting ? .9 : .1;
      for (int i = 0; i < 20; i++) {
        var message =
            new Message.Loss(
                "deployment-of-v" + version,
                "v" + version,
                version * Plant.DAY,
                hour * Plant.DAY / 24 + i,
                loss,
                null);
        hear(plant -> plant.tell(message));
      }
    }

    // ---- the trainer

    private void trainerWorks() {
      if (working.isEmpty()) {
        return;
      }
      String id = working.iterator().next();
      working.remove(id);
      Object end =
          switch (random.nextInt(4)) {
            case 0 -> new ModelRejected("v9", "v1", "not better", List.of());
            case 1 -> new TrainingFailed(null, 1, "oom", "", false);
            case 2 -> new TrainingCancelled(null, "kim", "");
            default -> new ModelDeployed("v" + (version + 1), null, "direct", "");
          };
      Consumer<Plant> ended = plant -> plant.lifecycle(id, end);
      past.add(ended);
      hear(ended);
      if (end instanceof ModelDeployed) {
        version++;
        deployed();
      }
    }

    /// Its topic, say: the end never comes, and is waited for as long as it takes.
    private void trainerLoses() {
      lost.addAll(working);
      working.clear();
      if (!lost.isEmpty()) {
        hear(plant -> plant.clockAdvances(Duration.ofHours(1)));
        lost.clear();
        hear(plant -> plant.clockAdvances(Plant.MODEL_PATIENCE));
      }
    }

    /// A table's record: what is replayed after a kill sees it as it is then, so it is committed.
    private void deployed() {
      var bins = Bins.of(List.of(0.0, 1.0));
      var counts = List.of(1_000L, 1_000L, 1_000L, 0L, 0L); // none missing, none not finite
      var profile = new FeatureProfile("temperature", bins, counts, .5, .3, 1, 1, Extent.UNKNOWN);
      plant.deploy(
          "v" + version,
          new ReferenceProfile(3_000, 0, version * Plant.DAY, List.of(profile), null, null, null));
      for (int partition = 0; partition < 2; partition++) {
        long from = Math.max(closedDays[0], closedDays[1]) + 1;
        closedDays[partition] = from - 1;
        var started =
            new Message.CountingStarted(
                partition, "deployment-of-v" + version, version * Plant.DAY, SENSORS, from);
        hear(plant -> plant.tell(started));
      }
      commit();
    }

    private void definitionChanges() {
      if (isDefined) {
        plant.undefine();
      } else {
        plant.define(Plant.model(List.of("3"), 24 * 3600));
      }
      isDefined = !isDefined;
      commit();
    }

    // ---- the policy

    private void hear(Consumer<Plant> input) {
      sinceCommit.add(input);
      input.accept(plant);
      for (String line : heard()) {
        toldSinceCommit.add(line);
        told.add(line);
        if (line.startsWith("request ")) {
          assertThat(working).as("in flight at %s", line).isEmpty();
          assertThat(lost).as("without an end at %s", line).isEmpty();
          assertThat(asked.add(line)).as("%s is new", line).isTrue();
          working.add(line.substring("request ".length()));
        }
      }
    }

    /// What was told since it was asked last, in words.
    private List<String> heard() {
      var lines = new ArrayList<String>();
      for (var event : plant.drift()) {
        switch (event.getEvent()) {
          case RetrainingDecision decision ->
              lines.add("%s %s".formatted(decision.getCode(), decision.getReason()));
          case DriftReport report ->
              lines.add("%s %s".formatted(report.getWindowStart(), report.getVerdict()));
          default -> throw new AssertionError(event);
        }
      }
      plant.requests().forEach(request -> lines.add("request " + request.getRequestId()));
      return lines;
    }

    @Override
    public void close() {
      plant.close();
    }
  }
}
