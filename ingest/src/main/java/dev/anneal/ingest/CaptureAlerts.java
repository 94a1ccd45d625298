package dev.anneal.ingest;

import dev.anneal.ingest.CaptureException.Code;
import dev.anneal.schemas.EventIds;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Which captures a person should look at. One that has not run for `patience`, or has run for as
/// long without a table or column that the definition names, has an open trouble of its failure's
/// kind; it is resolved when the capture has run for a while with all tables, fails for another
/// reason, or its organization is gone. Safe for use by many threads.
final class CaptureAlerts {
  /// For failures that do not pass by themselves, and for a capture that runs again.
  private static final Duration SHORT_PATIENCE = Duration.ofSeconds(5);

  private final Duration patience;
  private final Map<String, Instant> failingSince = new HashMap<>();
  private final Map<String, Map<String, Trouble>> open = new HashMap<>();

  CaptureAlerts(Duration patience) {
    this.patience = patience;
  }

  /// What has been published, by this instance or another.
  synchronized void published(Trouble trouble) {
    var ofOrganization = open.computeIfAbsent(trouble.organization(), _ -> new HashMap<>());
    if (trouble.isOpen()) {
      ofOrganization.put(trouble.id(), trouble);
    } else {
      ofOrganization.remove(trouble.id());
    }
  }

  /// @param states of the captures there are
  /// @param lacking what an organization's definition names and its source does not have
  /// @param defined keys of all definitions
  /// @return what has to be published
  synchronized List<Trouble> look(
      Map<String, CaptureState> states,
      Map<String, Lacking> lacking,
      Set<String> defined,
      Instant now) {
    var changes = new ArrayList<Trouble>();
    states.forEach(
        (organization, state) -> {
          var lacks = lacking.getOrDefault(organization, Lacking.NOTHING);
          changes.addAll(look(organization, state, lacks, now));
        });
    for (String organization : open.keySet()) {
      if (!states.containsKey(organization) && !defined.contains(organization)) {
        changes.addAll(resolved(open(organization), now));
      }
    }
    return changes;
  }

  private List<Trouble> look(
      String organization, CaptureState state, Lacking lacking, Instant now) {
    return switch (state) {
      case CaptureState.Running(_, Instant since) when isLong(since, now, shortPatience()) -> {
        failingSince.remove(organization);
        yield running(organization, lacking, now);
      }
      // another ingest captures it, and tells of its troubles: this one stands by
      case CaptureState.Waiting waiting when waiting.code() != Code.SLOT_IN_USE ->
          isLong(failingSince.computeIfAbsent(organization, _ -> now), now, patience(waiting))
              ? failing(organization, waiting.code(), waiting.reason(), now)
              : List.of();
      case CaptureState.Running _,
          CaptureState.Waiting _,
          CaptureState.Starting _,
          CaptureState.Stopped _ ->
          List.of();
    };
  }

  private List<Trouble> running(String organization, Lacking lacking, Instant now) {
    if (!lacking.tables().isEmpty()) {
      return failing(organization, Code.SOURCE_TABLES_MISSING, lacking.tablesReason(), now);
    }
    return lacking.columns().isEmpty()
        ? resolved(open(organization), now)
        : failing(organization, Code.SOURCE_COLUMNS_MISSING, lacking.columnsReason(), now);
  }

  private List<Trouble> failing(String organization, Code code, String reason, Instant now) {
    var same = open(organization).stream().filter(t -> t.code() == code).toList();
    var others = open(organization).stream().filter(t -> t.code() != code).toList();
    var changes = new ArrayList<>(resolved(others, now));
    if (same.isEmpty()) {
      String id = EventIds.of("capture", organization, code, now);
      changes.add(new Trouble(id, organization, code, reason, now, null));
    }
    same.stream()
        .filter(t -> !t.reason().equals(reason))
        .map(t -> new Trouble(t.id(), organization, t.code(), reason, t.raisedAt(), null))
        .forEach(changes::add);
    return changes;
  }

  private Duration patience(CaptureState.Waiting waiting) {
    return waiting.code().isLasting() ? shortPatience() : patience;
  }

  private Duration shortPatience() {
    return patience.compareTo(SHORT_PATIENCE) > 0 ? SHORT_PATIENCE : patience;
  }

  private static boolean isLong(Instant since, Instant now, Duration patience) {
    return Duration.between(since, now).compareTo(patience) >= 0;
  }

  private Collection<Trouble> open(String organization) {
    return open.getOrDefault(organization, Map.of()).values();
  }

  private static List<Trouble> resolved(Collection<Trouble> troubles, Instant now) {
    return troubles.stream().map(t -> t.resolved(now)).toList();
  }
}
