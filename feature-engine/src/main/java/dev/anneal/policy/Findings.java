package dev.anneal.policy;

import dev.anneal.drift.DriftEvaluation.Verdict;
import dev.anneal.policy.DriftReport.Span;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the data says of the version that serves; forgotten when another one does.
///
/// @param version null before anything was found
public record Findings(
    @Nullable String version, Windows features, Windows predictions, @Nullable Loss loss) {
  static final Findings NONE = new Findings(null, Windows.NONE, Windows.NONE, null);

  /// @param changeMicros event time since which the loss is as high as it is
  public record Loss(long changeMicros, String reason) {}

  /// @param startMicros event time
  public record Window(long startMicros, boolean drifted) {}

  /// What the windows said.
  ///
  /// @param recent the last short windows that could tell, oldest first
  /// @param shortMicros end of the newest short window
  /// @param driftedLongMicros start of the newest long window, where that drifted
  /// @param longMicros end of the newest long window
  public record Windows(
      List<Window> recent, long shortMicros, @Nullable Long driftedLongMicros, long longMicros) {
    static final Windows NONE = new Windows(List.of(), Long.MIN_VALUE, null, Long.MIN_VALUE);

    /// Windows kept; `persistenceOf` is less.
    private static final int MAX_WINDOWS = 100;

    public Windows {
      recent = List.copyOf(recent);
    }

    /// A window that was heard of already says nothing new.
    private Windows with(DriftReport report) {
      long end = report.endMicros();
      if (report.span() == Span.LONG) {
        Long start = report.drifted() ? (Long) report.startMicros() : null;
        return end < longMicros ? this : new Windows(recent, shortMicros, start, end);
      }
      var verdict = report.evaluation().verdict();
      boolean tells = verdict == Verdict.STABLE || verdict == Verdict.DRIFT;
      if (end <= shortMicros || !tells) {
        return this;
      }
      var more = new ArrayList<>(recent);
      more.add(new Window(report.startMicros(), report.drifted()));
      var kept = more.subList(Math.max(0, more.size() - MAX_WINDOWS), more.size());
      return new Windows(kept, end, driftedLongMicros, longMicros);
    }

    private List<Window> last(int count) {
      return recent.subList(Math.max(0, recent.size() - count), recent.size());
    }
  }

  /// Evidence that is there.
  ///
  /// @param changeMicros where it begins; null while it does not last
  /// @param reason for people
  record Finding(Evidence evidence, @Nullable Long changeMicros, String reason) {}

  Findings with(DriftReport report) {
    var of = of(report.version());
    return switch (report.evidence()) {
      case FEATURES -> new Findings(of.version, of.features.with(report), of.predictions, of.loss);
      case PREDICTIONS ->
          new Findings(of.version, of.features, of.predictions.with(report), of.loss);
      case PERFORMANCE ->
          throw new IllegalArgumentException("expected a report of windows, found " + report);
    };
  }

  Findings with(PolicyInput.LossRose rose) {
    var of = of(rose.version());
    var loss = new Loss(rose.changeMicros(), rose.reason());
    return new Findings(of.version, of.features, of.predictions, loss);
  }

  Findings with(PolicyInput.LossFell fell) {
    var of = of(fell.version());
    return new Findings(of.version, of.features, of.predictions, null);
  }

  Findings of(String serving) {
    return serving.equals(version) ? this : new Findings(serving, Windows.NONE, Windows.NONE, null);
  }

  /// Null when there is none.
  @Nullable Finding finding(Evidence evidence, RetrainingSettings settings) {
    return switch (evidence) {
      case PERFORMANCE ->
          loss == null ? null : new Finding(evidence, loss.changeMicros(), loss.reason());
      case FEATURES -> finding(evidence, features, settings);
      case PREDICTIONS -> finding(evidence, predictions, settings);
    };
  }

  private static @Nullable Finding finding(
      Evidence evidence, Windows windows, RetrainingSettings settings) {
    var last = windows.last(settings.persistenceOf());
    var drifted = last.stream().filter(Window::drifted).toList();
    Long longStart = windows.driftedLongMicros();
    if (drifted.isEmpty() && longStart == null) {
      return null;
    }
    String reason =
        "%d of the last %d short windows of %s drifted, %d wanted%s"
            .formatted(
                drifted.size(),
                settings.persistenceOf(),
                evidence == Evidence.FEATURES ? "features" : "predictions",
                settings.persistence(),
                longStart == null ? "" : "; the long window drifted");
    if (drifted.size() >= settings.persistence()) {
      return new Finding(evidence, drifted.getFirst().startMicros(), reason);
    }
    return new Finding(evidence, longStart == null ? null : first(windows, longStart), reason);
  }

  /// The first drifted short window of the long one, or the long one where none did.
  private static long first(Windows windows, long fromMicros) {
    return windows.recent().stream()
        .filter(window -> window.drifted() && window.startMicros() >= fromMicros)
        .mapToLong(Window::startMicros)
        .findFirst()
        .orElse(fromMicros);
  }
}
