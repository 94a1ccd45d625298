package dev.anneal.deployer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.deployer.Decisions.OnCandidate;
import dev.anneal.deployer.Decisions.OnCommand;
import dev.anneal.deployer.ModelState.Made;
import dev.anneal.schemas.ModelKey;
import java.net.URI;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DecisionsTest {
  private static final ModelKey KEY = TinyModel.PUMP;
  private static final Instant NOW = Instant.EPOCH;

  private static VersionRef version(String name) {
    return new VersionRef(
        KEY, name, URI.create("file:///a/" + name), "00", TinyModel.FEATURES, TinyModel.NO_PROFILE);
  }

  private static Candidate candidate(String version) {
    return new Candidate(
        version(version), new Candidate.Origin("event-" + version, "request", null));
  }

  private static RollbackCommand rollback(String id, @Nullable String to) {
    return new RollbackCommand(id, KEY, true, to, "ann", "worse on line 3", NOW);
  }

  private static ModelState trained(String... versions) {
    var state = ModelState.EMPTY;
    for (String version : versions) {
      state = state.applyTrained(version(version));
    }
    return state;
  }

  /// The state after the candidate was deployed and its events were published.
  private static ModelState deploy(ModelState state, String version) {
    var deployment = Decisions.deployment(candidate(version), state.current(), NOW);
    return state
        .applyDeployment(deployment)
        .applyEnded(Decisions.deployedEventId(KEY, version))
        .applyDeployed(version, deployment.previousVersion());
  }

  private static ModelState carryOut(ModelState state, RollbackCommand command) {
    var decision = (OnCommand.RollBack) Decisions.onCommand(state, command, true);
    return state.applyDeployment(Decisions.deployment(command, decision, NOW));
  }

  @Test
  void redeliveredCandidateIsNotDecidedAgain() {
    var state = deploy(trained("v1", "v2"), "v1");

    assertThat(Decisions.onCandidate(state, candidate("v1"))).isEqualTo(new OnCandidate.Ended());
    assertThat(Decisions.onCandidate(state, candidate("v2")))
        .isEqualTo(new OnCandidate.Judge(state.current()));
    var rejected = state.applyEnded(Decisions.rejectedEventId(KEY, "v2"));
    assertThat(Decisions.onCandidate(rejected, candidate("v2"))).isEqualTo(new OnCandidate.Ended());
  }

  @Test
  void crashBetweenDeploymentAndEventsIsCompleted() {
    var deployment = Decisions.deployment(candidate("v1"), null, NOW);
    var state = trained("v1").applyDeployment(deployment);

    assertThat(Decisions.onCandidate(state, candidate("v1")))
        .isEqualTo(new OnCandidate.Complete(Made.of(deployment)));
  }

  @Test
  void versionThatWasRolledBackDoesNotComeBackWithARedelivery() {
    // Given v2 was deployed, a crash kept its events from being published, and a person rolled it
    // back
    var state = deploy(trained("v1", "v2"), "v1");
    var lost = Decisions.deployment(candidate("v2"), state.current(), NOW);
    state = carryOut(state.applyDeployment(lost), rollback("c-1", null));

    // When
    var decision = Decisions.onCandidate(state, candidate("v2"));

    // Then
    assertThat(state.current()).extracting(d -> d.version().version()).isEqualTo("v1");
    assertThat(decision).isEqualTo(new OnCandidate.Complete(Made.of(lost)));
  }

  @Test
  void olderCandidateIsSuperseded() {
    var state = deploy(trained("v1", "v2"), "v2");

    assertThat(Decisions.onCandidate(state, candidate("v1")))
        .isEqualTo(new OnCandidate.Superseded("v2"));
  }

  @Test
  void trainingAskedForBeforeARollbackDoesNotReplaceAPersonsChoice() {
    // Given v2 was rolled back from by a command of noon, which was carried out later
    var noon = Instant.parse("2024-01-03T12:00:00Z");
    var state =
        deploy(deploy(trained(), "v2024-01-01T00-00-00-000Z_a"), "v2024-01-02T00-00-00-000Z_b");
    var command = new RollbackCommand("c-1", KEY, true, null, "ann", "worse on line 3", noon);
    var decision = (OnCommand.RollBack) Decisions.onCommand(state, command, true);
    state = state.applyDeployment(Decisions.deployment(command, decision, noon.plusSeconds(300)));

    // Then what was asked for before is overruled, what was asked for later is judged
    assertThat(Decisions.onCandidate(state, candidate("v2024-01-03T11-59-59-999Z_c")))
        .isEqualTo(new OnCandidate.Overruled(Objects.requireNonNull(state.current())));
    assertThat(Decisions.onCandidate(state, candidate("v2024-01-03T12-00-00-000Z_d")))
        .isEqualTo(new OnCandidate.Judge(state.current()));

    // And once a later one serves, only the order of versions counts
    state = deploy(state, "v2024-01-03T12-00-00-000Z_d");
    assertThat(Decisions.onCandidate(state, candidate("v2024-01-03T11-59-59-999Z_c")))
        .isInstanceOf(OnCandidate.Superseded.class);
  }

  @Test
  void rollbackGoesToThePreviousOrTheNamedVersion() {
    var state = deploy(deploy(deploy(trained("v1", "v2", "v3"), "v1"), "v2"), "v3");

    assertThat(carryOut(state, rollback("c-1", null)).current())
        .extracting(d -> d.version().version(), DeployedVersion::previousVersion)
        .containsExactly("v2", "v3");
    assertThat(carryOut(state, rollback("c-2", "v1")).current())
        .extracting(d -> d.version().version(), DeployedVersion::previousVersion)
        .containsExactly("v1", "v3");
  }

  @Test
  void rollbackNeverGoesForthToWhatWasRolledBackFrom() {
    // Given v2 was rolled back from, then v3 and v4 passed the gate
    var state = carryOut(deploy(deploy(trained("v1", "v2"), "v1"), "v2"), rollback("c-1", null));
    assertThat(code(state, rollback("c-2", null), true)).isEqualTo("no-previous-version");
    state = deploy(deploy(state, "v3"), "v4");

    // When
    var once = carryOut(state, rollback("c-3", null));
    var twice = carryOut(once, rollback("c-4", null));

    // Then
    assertThat(once.current()).extracting(d -> d.version().version()).isEqualTo("v3");
    assertThat(twice.current()).extracting(d -> d.version().version()).isEqualTo("v1");
  }

  @Test
  void redeliveredRollbackIsDoneOnce() {
    // Given a rollback whose event may be missing, and then a new version
    var first =
        carryOut(deploy(deploy(trained("v1", "v2", "v3"), "v1"), "v2"), rollback("c-1", null));
    var later = deploy(first, "v3");

    // Then
    assertThat(Decisions.onCommand(first, rollback("c-1", null), true))
        .isInstanceOf(OnCommand.Complete.class);
    assertThat(Decisions.onCommand(later, rollback("c-1", null), true))
        .isEqualTo(Decisions.onCommand(first, rollback("c-1", null), true));
    var told = first.applyEnded(Decisions.rolledBackEventId(KEY, "c-1"));
    assertThat(Decisions.onCommand(told, rollback("c-1", null), true))
        .isEqualTo(new OnCommand.Ended());
  }

  @Test
  void refusesWhatCannotBeDone() {
    var none = trained("v1");
    var one = deploy(none, "v1").applyTrained(version("v2"));

    assertThat(code(none, rollback("c", null), false)).isEqualTo("unknown-model");
    assertThat(code(none, rollback("c", null), true)).isEqualTo("nothing-deployed");
    assertThat(code(one, rollback("c", null), true)).isEqualTo("no-previous-version");
    assertThat(code(one, rollback("c", "v1"), true)).isEqualTo("already-deployed");
    assertThat(code(one, rollback("c", "v9"), true)).isEqualTo("unknown-version");
    assertThat(code(one, rollback("c", "v2"), true)).isEqualTo("unproven-version");
    assertThat(code(one, new RollbackCommand("c", KEY, false, null, "", "", NOW), true))
        .isEqualTo("unknown-action");
  }

  private static String code(ModelState state, RollbackCommand command, boolean isDefined) {
    return ((OnCommand.Refused) Decisions.onCommand(state, command, isDefined)).code();
  }

  @Test
  void memoryIsBoundedAndKeepsWhatServes() {
    var state = deploy(trained("v0000", "v0001"), "v0000");
    for (int i = 1; i < 1_000; i++) {
      state = state.applyTrained(version("v%04d".formatted(i))).applyEnded("id-" + i);
      state = state.applyEnded("other-" + i);
    }

    assertThat(state.versions()).hasSize(ModelState.MAX_VERSIONS).containsKeys("v0000", "v0999");
    assertThat(state.ended()).hasSize(ModelState.MAX_IDS);
  }
}
