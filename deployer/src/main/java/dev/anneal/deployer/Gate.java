package dev.anneal.deployer;

import dev.anneal.modelstore.GoldenRows;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// The gate: a candidate serves only when every check passes.
///
/// A candidate is two models (decision 007): one trained without the evaluation rows, which is
/// judged, and one trained on them too, which would serve.
///
/// 1. **Limits** of the definition: accuracy, precision and recall on the evaluation rows at the
///   model's own decision threshold; size of the ONNX file; 99th percentile of scoring one row.
/// 2. **Parity**: on the golden rows ONNX differs from the trained model by at most 1e-5.
/// 3. **Served**: the model that would serve does not classify the evaluation rows, which it was
///   trained on, significantly worse than the one that is judged.
/// 4. **Champion** (only when a version serves): both score the same rows, those of the candidate's
///   evaluation rows that the champion was not trained on ([HeldOut]); a feature that only the
///   champion reads is missing there, as it is missing in the stream from now on. The candidate
///    - loses when it classifies significantly worse ([PairedComparison], two-sided mid-p <
///      significance);
///    - wins when it classifies significantly better, unless both its log loss and its average
///      precision are worse;
///    - otherwise, where the rows show no difference, wins only with the lower log loss. A tie
///      leaves the champion, and so do too few such rows ([Minimums]).
/// 5. **No harm**: in neither half of the rows by event time does it classify significantly worse.
///   One good stretch must not pay for a bad one. (Assets would be the natural segments, but most
///   have too few failures to tell.)
public final class Gate {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("'v'uuuu-MM-dd'T'HH-mm-ss-SSS'Z'").withZone(ZoneOffset.UTC);

  private final double significance;
  private final Minimums minimums;

  /// Fewest rows that the champion was not trained on, on which it can lose.
  ///
  /// @param positives of them with a failure, and fewest without
  public record Minimums(int rows, int positives) {
    /// As few as the trainer validates on.
    public static final Minimums DEFAULT = new Minimums(50, 5);

    boolean isMet(int known, long knownPositives) {
      return known >= rows && knownPositives >= positives && known - knownPositives >= positives;
    }
  }

  /// @param significance level of the paired tests
  public Gate(double significance, Minimums minimums) {
    this.significance = significance;
    this.minimums = minimums;
  }

  public Verdict judge(Evidence evidence, GateLimits limits) {
    var confusion = evidence.candidate().confusion(evidence.rows().labels());
    var checks = new ArrayList<GateCheck>();
    checks.add(GateCheck.atLeast("accuracy", confusion.accuracy(), limits.minAccuracy()));
    checks.add(GateCheck.atLeast("precision", confusion.precision(), limits.minPrecision()));
    checks.add(GateCheck.atLeast("recall", confusion.recall(), limits.minRecall()));
    checks.add(GateCheck.atMost("size", " bytes", evidence.sizeBytes(), limits.maxSizeBytes()));
    checks.add(
        GateCheck.atMost("latency", " ms", evidence.latencyMillis(), limits.maxLatencyMillis()));
    checks.add(GateCheck.atMost("parity", "", evidence.parityDelta(), GoldenRows.TOLERANCE));
    checks.add(
        noHarm("served", evidence.rows(), evidence.candidate(), evidence.served(), _ -> true));
    Scored champion = evidence.champion();
    if (champion != null) {
      checks.add(champion(evidence, champion));
      checks.addAll(noHarm(evidence, champion));
    }
    return new Verdict(checks);
  }

  private GateCheck champion(Evidence evidence, Scored champion) {
    float[] labels = evidence.rows().labels();
    Scored candidate = evidence.candidate();
    var paired = PairedComparison.of(evidence.rows(), champion, candidate, champion::isKnown);
    int[] rows = IntStream.range(0, labels.length).filter(champion::isKnown).toArray();
    long positives = Arrays.stream(rows).filter(row -> labels[row] > 0.5f).count();
    if (!minimums.isMet(rows.length, positives)) {
      return tooFew(champion, rows.length, positives);
    }
    var ofCandidate = candidate.metrics(labels, rows);
    var ofChampion = champion.metrics(labels, rows);
    double lossGain = ofChampion.logLoss() - ofCandidate.logLoss();
    double precisionGain = ofCandidate.averagePrecision() - ofChampion.averagePrecision();
    boolean wins;
    String why;
    if (paired.isChallengerWorse(significance)) {
      wins = false;
      why = "classifies significantly worse";
    } else if (paired.isChallengerBetter(significance)) {
      wins = lossGain >= 0 || precisionGain >= 0;
      why =
          wins
              ? "classifies significantly better"
              : "classifies better but ranks and estimates worse";
    } else {
      wins = lossGain > 0;
      why = wins ? "has the lower log loss" : "is no better";
    }
    return new GateCheck(
        "champion",
        wins,
        lossGain,
        0,
        "candidate %s (champion %s) on %d rows: %d right against %d where they differ (tau %.1f, p %.3g), log loss %.4f against %.4f, average precision %.4f against %.4f"
            .formatted(
                why,
                champion.version(),
                rows.length,
                paired.onlyChallenger(),
                paired.onlyChampion(),
                paired.tau(),
                paired.pValue(),
                ofCandidate.logLoss(),
                ofChampion.logLoss(),
                ofCandidate.averagePrecision(),
                ofChampion.averagePrecision()));
  }

  private GateCheck tooFew(Scored champion, int rows, long positives) {
    return new GateCheck(
        "champion",
        false,
        rows,
        minimums.rows(),
        "the champion %s was not trained on %d of the rows, %d of them positive; needed are %d, of either class %d"
            .formatted(champion.version(), rows, positives, minimums.rows(), minimums.positives()));
  }

  private List<GateCheck> noHarm(Evidence evidence, Scored champion) {
    long middle = evidence.rows().middleMicros(champion::isKnown);
    IntPredicate isEarly = row -> evidence.rows().eventTimeMicros(row) < middle;
    var rows = evidence.rows();
    var candidate = evidence.candidate();
    return List.of(
        noHarm("no-harm-early", rows, champion, candidate, isEarly),
        noHarm("no-harm-late", rows, champion, candidate, isEarly.negate()));
  }

  private GateCheck noHarm(
      String name, EvaluatedRows rows, Scored known, Scored other, IntPredicate segment) {
    var paired = PairedComparison.of(rows, known, other, segment.and(known::isKnown));
    boolean harms = paired.isChallengerWorse(significance);
    return new GateCheck(
        name,
        !harms,
        paired.pValue(),
        significance,
        "%s: %d rows right against %d where they differ (tau %.1f, p %.3g)%s"
            .formatted(
                name,
                paired.onlyChallenger(),
                paired.onlyChampion(),
                paired.tau(),
                paired.pValue(),
                harms ? ", significantly worse" : ""));
  }

  /// Whether the candidate's training was asked for before that of the version that serves; a
  /// version has the time in its name, `v2024-01-15T10-30-00-000Z_a1b2c3d4`.
  static boolean isSuperseded(String candidate, @Nullable String deployed) {
    return deployed != null && time(candidate).compareTo(time(deployed)) < 0;
  }

  /// Whether the version's training was asked for before then, by the same time.
  static boolean isAskedForBefore(String version, Instant then) {
    return time(version).compareTo(TIME.format(then)) < 0;
  }

  private static String time(String version) {
    int end = version.indexOf('_');
    return end < 0 ? version : version.substring(0, end);
  }
}
