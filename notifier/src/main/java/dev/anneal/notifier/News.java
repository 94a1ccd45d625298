package dev.anneal.notifier;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Something people may want to know, told by one event.
sealed interface News {
  /// The event, and which model it is about.
  record Subject(String eventId, String organization, @Nullable String model, Instant at) {
    String name() {
      if (organization.isEmpty()) {
        return "Anneal itself";
      }
      return model == null ? organization : organization + "/" + model;
    }
  }

  Subject subject();

  /// What good news, what bad news is; settings of a model can silence each.
  enum Tone {
    SUCCESS,
    FAILURE,
    ALWAYS
  }

  Tone tone();

  record Trained(
      Subject subject,
      String version,
      Map<String, Double> metrics,
      long trainingRows,
      double trainingSeconds)
      implements News {
    @Override
    public Tone tone() {
      return Tone.SUCCESS;
    }
  }

  record Failed(Subject subject, String code, String message, int attempts) implements News {
    @Override
    public Tone tone() {
      return Tone.FAILURE;
    }
  }

  /// @param failedChecks what the gate says of the checks it did not pass
  record Rejected(
      Subject subject,
      String version,
      @Nullable String championVersion,
      String reason,
      List<String> failedChecks)
      implements News {
    @Override
    public Tone tone() {
      return Tone.FAILURE;
    }
  }

  record Deployed(Subject subject, String version, @Nullable String previousVersion)
      implements News {
    @Override
    public Tone tone() {
      return Tone.SUCCESS;
    }
  }

  record RolledBack(
      Subject subject, String fromVersion, String toVersion, String requestedBy, String reason)
      implements News {
    @Override
    public Tone tone() {
      return Tone.ALWAYS;
    }
  }

  /// @param drifted the features that drifted most, the strongest first
  record RetrainingRequested(
      Subject subject, String cause, String reason, List<DriftedFeature> drifted) implements News {
    @Override
    public Tone tone() {
      return Tone.ALWAYS;
    }
  }

  record DriftedFeature(String name, String statistic, double value, double pValue) {}

  record AlertRaised(Subject subject, Alert alert) implements News {
    @Override
    public Tone tone() {
      return Tone.ALWAYS;
    }
  }

  record AlertResolved(Subject subject, Alert alert, Instant resolvedAt) implements News {
    @Override
    public Tone tone() {
      return Tone.ALWAYS;
    }
  }

  /// Too many alerts to tell each: from here on they are counted.
  record StormBegan(Subject subject, Alert last, int singles, java.time.Duration window)
      implements News {
    @Override
    public Tone tone() {
      return Tone.ALWAYS;
    }
  }

  /// @param kinds how many of each
  record StormSummary(
      Subject subject, Instant from, Instant to, int alerts, Map<String, Integer> kinds, int assets)
      implements News {
    @Override
    public Tone tone() {
      return Tone.ALWAYS;
    }
  }

  /// An alert, raised and perhaps resolved.
  record Alert(
      String id,
      String organization,
      @Nullable String model,
      @Nullable String asset,
      String kind,
      String severity,
      String message,
      @Nullable Double value,
      Instant raisedAt,
      @Nullable Instant resolvedAt) {
    Subject subject(String phase) {
      Instant at = resolvedAt == null ? raisedAt : resolvedAt;
      return new Subject(id + ":" + phase, organization, model, at);
    }
  }
}
