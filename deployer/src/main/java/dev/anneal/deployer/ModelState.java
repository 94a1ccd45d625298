package dev.anneal.deployer;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;
import org.jspecify.annotations.Nullable;

/// What the topics say of one model so far. Immutable; `apply…` gives the next state; applying a
/// record twice changes nothing.
///
/// ```
/// trained ──► deployed ──► (replaced) ──► deployed again by a rollback
///    └──────► rejected
/// ```
///
/// @param current the newest deployment; null: none yet
/// @param versions trained ones by name, oldest first; the newest [#MAX_VERSIONS]
/// @param served versions that a deployment has named, each with the one it replaced when it passed
///     the gate: only these have passed it
/// @param made deployments by their ids, the newest [#MAX_IDS]
/// @param ended ids of candidates' and commands' final events, the newest [#MAX_IDS]
record ModelState(
    @Nullable DeployedVersion current,
    SequencedMap<String, VersionRef> versions,
    SequencedMap<String, Optional<String>> served,
    SequencedMap<String, Made> made,
    SequencedSet<String> ended) {
  /// A deployment that is on the topic, as far as its event names it.
  record Made(String deploymentId, String version, @Nullable String previousVersion) {
    static Made of(DeployedVersion deployment) {
      return new Made(
          deployment.deploymentId(), deployment.version().version(), deployment.previousVersion());
    }
  }

  /// A year of trainings every third day or so; a version takes some 10 kB here, for its reference
  /// profile.
  static final int MAX_VERSIONS = 128;

  /// Redeliveries repeat the last records, never ones from long ago.
  static final int MAX_IDS = 1_024;

  static final ModelState EMPTY =
      new ModelState(
          null,
          new LinkedHashMap<>(),
          new LinkedHashMap<>(),
          new LinkedHashMap<>(),
          new LinkedHashSet<>());

  ModelState {
    versions = Collections.unmodifiableSequencedMap(versions);
    served = Collections.unmodifiableSequencedMap(served);
    made = Collections.unmodifiableSequencedMap(made);
    ended = Collections.unmodifiableSequencedSet(ended);
  }

  /// A candidate exists.
  ModelState applyTrained(VersionRef version) {
    return versions.containsKey(version.version()) ? this : withVersion(version);
  }

  /// A deployment is on the topic. It may be the first thing known of its version.
  ModelState applyDeployment(DeployedVersion deployment) {
    String version = deployment.version().version();
    var state = withVersion(deployment.version());
    var next =
        deployment.kind() == DeployedVersion.Kind.DEPLOY
            ? state.applyDeployed(version, deployment.previousVersion())
            : state.applyServed(version);
    return next.withMade(Made.of(deployment)).withCurrent(deployment);
  }

  /// The lifecycle says that the version passed the gate.
  ///
  /// @param replaced what served until then; null: none
  ModelState applyDeployed(String version, @Nullable String replaced) {
    return withServed(version, Optional.ofNullable(replaced));
  }

  /// The lifecycle says that the version served again.
  ModelState applyServed(String version) {
    return served.containsKey(version) ? this : withServed(version, Optional.empty());
  }

  /// An event that ends the story of a candidate or a command is on the topic.
  ModelState applyEnded(String eventId) {
    return withEnded(eventId);
  }

  /// The model's deployments were removed.
  ModelState applyRetired() {
    return new ModelState(null, versions, served, made, ended);
  }

  boolean hasEnded(String id) {
    return ended.contains(id);
  }

  Optional<Made> made(String deploymentId) {
    return Optional.ofNullable(made.get(deploymentId));
  }

  /// A version that a rollback may name.
  Optional<VersionRef> servedVersion(String version) {
    return Optional.ofNullable(served.containsKey(version) ? versions.get(version) : null);
  }

  /// What the version replaced when it passed the gate, so never one that was rolled back from.
  Optional<String> replacedBy(String version) {
    return served.getOrDefault(version, Optional.empty());
  }

  Optional<VersionRef> previous() {
    return Optional.ofNullable(current)
        .map(DeployedVersion::previousVersion)
        .flatMap(v -> Optional.ofNullable(versions.get(v)));
  }

  private ModelState withCurrent(DeployedVersion deployment) {
    return new ModelState(deployment, versions, served, made, ended);
  }

  private ModelState withVersion(VersionRef version) {
    var next = new LinkedHashMap<>(versions);
    next.put(version.version(), version);
    for (var oldest = next.sequencedKeySet().iterator();
        next.size() > MAX_VERSIONS && oldest.hasNext(); ) {
      if (!isKept(oldest.next())) {
        oldest.remove();
      }
    }
    return new ModelState(current, next, served, made, ended);
  }

  private boolean isKept(String version) {
    DeployedVersion now = current;
    return now != null
        && (version.equals(now.version().version())
            || version.equals(now.previousVersion())
            || replacedBy(now.version().version()).filter(version::equals).isPresent());
  }

  private ModelState withServed(String version, Optional<String> replaced) {
    var next = new LinkedHashMap<>(served);
    next.put(version, replaced);
    if (next.size() > MAX_IDS) {
      next.pollFirstEntry();
    }
    return new ModelState(current, versions, next, made, ended);
  }

  private ModelState withMade(Made deployment) {
    var next = new LinkedHashMap<>(made);
    next.put(deployment.deploymentId(), deployment);
    if (next.size() > MAX_IDS) {
      next.pollFirstEntry();
    }
    return new ModelState(current, versions, served, next, ended);
  }

  private ModelState withEnded(String id) {
    if (ended.contains(id)) {
      return this;
    }
    var next = new LinkedHashSet<>(ended);
    next.add(id);
    if (next.size() > MAX_IDS) {
      next.removeFirst();
    }
    return new ModelState(current, versions, served, made, next);
  }
}
