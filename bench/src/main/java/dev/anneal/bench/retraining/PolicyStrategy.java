package dev.anneal.bench.retraining;

import dev.anneal.bench.PolicyShell;
import dev.anneal.bench.Progress;
import dev.anneal.deployer.EvaluatedRows;
import dev.anneal.deployer.Evidence;
import dev.anneal.deployer.Gate;
import dev.anneal.deployer.GateLimits;
import dev.anneal.deployer.HeldOut;
import dev.anneal.deployer.Scored;
import dev.anneal.drift.Detector;
import dev.anneal.modelstore.EvaluationRows;
import dev.anneal.policy.EventTime;
import dev.anneal.policy.PolicyEvent.Requested;
import dev.anneal.policy.PolicyInput;
import dev.anneal.policy.PolicyInput.End;
import dev.anneal.policy.RetrainingPolicy;
import dev.anneal.policy.RetrainingSettings;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Anneal's: its detector on the losses, its policy with the defaults, its training, its gate. The
/// harness does what the feature stream, the trainer and the deployer do between them: a training
/// ends before the next row comes.
final class PolicyStrategy implements Strategy {
  private static final double SIGNIFICANCE = .05; // the deployer's default
  private static final String FIRST = "first-by-hand";
  private static final GateLimits LIMITS =
      new GateLimits(0, 0, 0, Long.MAX_VALUE, Double.POSITIVE_INFINITY);

  private final LabelledStream stream;
  private final Trainer trainer;
  private final Gate gate = new Gate(SIGNIFICANCE, Gate.Minimums.DEFAULT);
  private final PolicyShell policy =
      new PolicyShell(new RetrainingPolicy("bench/model", 0, RetrainingSettings.DEFAULT));
  private final ArrayDeque<Requested> requests = new ArrayDeque<>();
  private final Detector detector = Detector.Kind.ADWIN.create();
  private Version serving;

  /// @param first the model that serves, trained by hand on the rows before `row`
  PolicyStrategy(LabelledStream stream, Trainer trainer, Version first, int row) {
    this.stream = stream;
    this.trainer = trainer;
    this.serving = first;
    hear(new PolicyInput.Queued(FIRST, null));
    for (int seen = 0; seen < row; seen++) {
      advance(seen);
    }
    hear(new PolicyInput.Ended(FIRST, End.DEPLOYED));
  }

  private void hear(PolicyInput input) {
    requests.addAll(policy.hear(input));
  }

  private void advance(int row) {
    long time = stream.timeMicros(row);
    var rows = new TreeMap<Long, Long>();
    rows.put(EventTime.hour(time), 1L);
    hear(new PolicyInput.Advanced(rows, time));
  }

  @Override
  public @Nullable Version learn(int row, boolean isRight) throws IOException {
    var before = serving;
    advance(row);
    switch (detector.add(isRight ? 0 : 1, stream.timeMicros(row))) {
      case RISE ->
          hear(new PolicyInput.LossRose(serving.name(), detector.locatedMicros(), "the loss rose"));
      case FALL -> hear(new PolicyInput.LossFell(serving.name()));
      case NONE, WARNING -> {}
    }
    while (!requests.isEmpty()) {
      answer(requests.poll(), row);
    }
    return serving == before ? null : serving;
  }

  private void answer(Requested request, int row) throws IOException {
    var challenger = trainer.train(row + 1, request.dataFromMicros());
    var end =
        challenger == null ? End.FAILED : isAccepted(challenger) ? End.DEPLOYED : End.REJECTED;
    Progress.say(
        "%s: row %d, %s on the rows since %d: %s",
        stream.name(), row, request.cause(), row(request.dataFromMicros()), end);
    if (challenger != null && end == End.DEPLOYED) {
      serving = challenger;
    } else if (challenger != null) {
      challenger.close();
    }
    hear(new PolicyInput.Ended(request.requestId(), end));
  }

  private long row(@Nullable Long micros) {
    return micros == null ? 0 : micros / stream.timeMicros(1);
  }

  private boolean isAccepted(Version challenger) {
    var rows = challenger.evaluation();
    float[] champion = HeldOut.scores(rows, scores(serving, rows), serving.evaluation());
    var evidence =
        new Evidence(
            EvaluatedRows.of(rows),
            new Scored(challenger.name(), rows.scores(), Version.THRESHOLD),
            new Scored(challenger.name(), scores(challenger, rows), Version.THRESHOLD),
            new Scored(serving.name(), champion, Version.THRESHOLD),
            0,
            0,
            0);
    return gate.judge(evidence, LIMITS).isAccepted();
  }

  private static float[] scores(Version version, EvaluationRows rows) {
    return version.model().scores(rows.features(), rows.count());
  }
}
