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
/// @param served versions that a deployment has named: only these have passed the gate
/// @param ended ids of candidates' and commands' final events and of deployments made, the newest
///     [#MAX_IDS]
record ModelState(
    @Nullable DeployedVersion current,
    SequencedMap<String, VersionRef> versions,
    SequencedSet<String> served,
    SequencedSet<String> ended) {
  /// A year of trainings every third day or so; a version takes some 10 kB here, for its reference
  /// profile.
  static final int MAX_VERSIONS = 128;

  /// Redeliveries repeat the last records, never ones from long ago.
  static final int MAX_IDS = 1_024;

  static final ModelState EMPTY =
      new ModelState(null, new LinkedHashMap<>(), new LinkedHashSet<>(), new LinkedHashSet<>());

  ModelState {
    versions = Collections.unmodifiableSequencedMap(versions);
    served = Collections.unmodifiableSequencedSet(served);
    ended = Collections.unmodifiableSequencedSet(ended);
  }

  /// A candidate exists.
  ModelState applyTrained(VersionRef version) {
    return versions.containsKey(version.version()) ? this : withVersion(version);
  }

  /// A deployment is on the topic. It may be the first thing known of its version.
  ModelState applyDeployment(DeployedVersion deployment) {
    return withVersion(deployment.version())
        .withServed(deployment.version().version())
        .withEnded(deployment.deploymentId())
        .withCurrent(deployment);
  }

  /// The lifecycle says that the version serves or served.
  ModelState applyServed(String version) {
    return withServed(version);
  }

  /// An event that ends the story of a candidate or a command is on the topic.
  ModelState applyEnded(String eventId) {
    return withEnded(eventId);
  }

  /// The model's deployments were removed.
  ModelState applyRetired() {
    return new ModelState(null, versions, served, ended);
  }

  boolean hasEnded(String id) {
    return ended.contains(id);
  }

  /// A version that a rollback may name.
  Optional<VersionRef> servedVersion(String version) {
    return Optional.ofNullable(served.contains(version) ? versions.get(version) : null);
  }

  Optional<VersionRef> previous() {
    return Optional.ofNullable(current)
        .map(DeployedVersion::previousVersion)
        .flatMap(v -> Optional.ofNullable(versions.get(v)));
  }

  private ModelState withCurrent(DeployedVersion deployment) {
    return new ModelState(deployment, versions, served, ended);
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
    return new ModelState(current, next, served, ended);
  }

  private boolean isKept(String version) {
    DeployedVersion now = current;
    return now != null
        && (version.equals(now.version().version()) || version.equals(now.previousVersion()));
  }

  private ModelState withServed(String version) {
    return new ModelState(current, versions, with(served, version, MAX_IDS), ended);
  }

  private ModelState withEnded(String id) {
    return new ModelState(current, versions, served, with(ended, id, MAX_IDS));
  }

  private static SequencedSet<String> with(SequencedSet<String> ids, String id, int max) {
    if (ids.contains(id)) {
      return ids;
    }
    var next = new LinkedHashSet<>(ids);
    next.add(id);
    if (next.size() > max) {
      next.removeFirst();
    }
    return next;
  }
}
