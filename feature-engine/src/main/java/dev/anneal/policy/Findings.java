package dev.anneal.policy;

import dev.anneal.drift.DriftEvaluation.Verdict;
import dev.anneal.policy.Requests.Request;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the data says of a model. Drifted windows are of the version that serves, forgotten when
/// another one does; the loss is of the model, whose detector goes on and tells of its fall.
///
/// @param version null before anything was found
public record Findings(
    @Nullable String version, Spans features, Spans predictions, @Nullable Loss loss) {
  static final Findings NONE = new Findings(null, Spans.NONE, Spans.NONE, null);

  /// @param changeMicros event time since which the loss is as high as it is
  public record Loss(long changeMicros, String reason) {}

  /// @param startMicros event time
  public record Window(long startMicros, boolean drifted) {}

  /// What the windows of one length said.
  ///
  /// @param recent the last ones that could tell, oldest first
  /// @param endMicros of the newest
  public record Windows(List<Window> recent, long endMicros) {
    static final Windows NONE = new Windows(List.of(), Long.MIN_VALUE);

    /// Windows kept; `persistenceOf` is less.
    private static final int MOST = 100;

    public Windows {
      recent = List.copyOf(recent);
    }

    /// A window that was heard of already says nothing new.
    private Windows with(DriftReport report) {
      var verdict = report.evaluation().verdict();
      boolean tells = verdict == Verdict.STABLE || verdict == Verdict.DRIFT;
      if (report.endMicros() <= endMicros || !tells) {
        return this;
      }
      var more = new ArrayList<>(recent);
      more.add(new Window(report.startMicros(), report.drifted()));
      return new Windows(
          more.subList(Math.max(0, more.size() - MOST), more.size()), report.endMicros());
    }

    private List<Window> drifted(int last) {
      return recent.subList(Math.max(0, recent.size() - last), recent.size()).stream()
          .filter(Window::drifted)
          .toList();
    }
  }

  /// Short and long windows, in parallel.
  public record Spans(Windows shortOnes, Windows longOnes) {
    static final Spans NONE = new Spans(Windows.NONE, Windows.NONE);

    private Spans with(DriftReport report) {
      return switch (report.span()) {
        case SHORT -> new Spans(shortOnes.with(report), longOnes);
        case LONG -> new Spans(shortOnes, longOnes.with(report));
      };
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
    return serving.equals(version) ? this : new Findings(serving, Spans.NONE, Spans.NONE, loss);
  }

  /// What lasts when another version is promoted: a loss that rose since the change that the policy
  /// asked about. Others ask about all there is.
  Findings afterPromotion(@Nullable Request request) {
    boolean lasts =
        loss != null && request != null && request.isRefreshed() && !covers(request, loss);
    return new Findings(null, Spans.NONE, Spans.NONE, lasts ? loss : null);
  }

  private static boolean covers(Request request, Loss loss) {
    Long change = request.changeMicros();
    return change != null && loss.changeMicros() <= change;
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
      Evidence evidence, Spans spans, RetrainingSettings settings) {
    int of = settings.persistenceOf();
    var shortOnes = spans.shortOnes().drifted(of);
    var longOnes = spans.longOnes().drifted(of);
    if (shortOnes.isEmpty() && longOnes.isEmpty()) {
      return null;
    }
    String reason =
        "%d short and %d long windows of %s drifted, of the last %d each; %d wanted"
            .formatted(
                shortOnes.size(), longOnes.size(), evidence.subject(), of, settings.persistence());
    Long change = null;
    if (shortOnes.size() >= settings.persistence()) {
      change = shortOnes.getFirst().startMicros();
    } else if (longOnes.size() >= settings.persistence()) {
      change = first(spans.shortOnes(), longOnes.getFirst().startMicros());
    }
    return new Finding(evidence, change, reason);
  }

  /// The first drifted short window since the start of a long one, or that where none did.
  private static long first(Windows shortOnes, long fromMicros) {
    return shortOnes.recent().stream()
        .filter(window -> window.drifted() && window.startMicros() >= fromMicros)
        .mapToLong(Window::startMicros)
        .findFirst()
        .orElse(fromMicros);
  }
}
