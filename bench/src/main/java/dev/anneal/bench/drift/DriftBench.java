package dev.anneal.bench.drift;

import dev.anneal.bench.Report;
import dev.anneal.bench.Scale;

/// False and missed alarms.
public final class DriftBench {
  private final Scale scale;

  public DriftBench(Scale scale) {
    this.scale = scale;
  }

  public Report run() {
    var report = new Report("anneal bench drift");
    Storm.run(report);
    Power.run(report);
    Detectors.run(report);
    Cost.run(report, scale);
    return report;
  }
}
