package dev.anneal.bench.features;

import dev.anneal.bench.Goal;
import dev.anneal.bench.Progress;
import dev.anneal.bench.Report;
import dev.anneal.bench.Scale;
import dev.anneal.bench.features.Child.Program;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/// The feature kernel without Kafka, and what an asset costs in memory.
final class Kernel {
  private static final Duration LIMIT = Duration.ofMinutes(3);

  private Kernel() {}

  static void run(Report report, Scale scale, Path directory) throws IOException {
    var table =
        report.table(
            "Kernel: a row of 8 sensors → 88 features, one thread",
            "profile",
            "assets",
            "CPU ns/row",
            "heap bytes/asset");
    int rows = 1_000_000;
    var profiles = scale == Scale.FULL ? Profile.values() : new Profile[] {Profile.S};
    int[] counts = scale == Scale.FULL ? new int[] {50, 1_000} : new int[] {1_000};
    for (var profile : profiles) {
      for (int assets : counts) {
        var program =
            Program.of(
                "-Xmx2g",
                KernelMain.class.getName(),
                profile.name(),
                Integer.toString(assets),
                Integer.toString(rows));
        var child = Child.start("kernel", program, directory);
        String[] answer = child.join(LIMIT).getLast().split(" ");
        double nanos = Double.parseDouble(answer[0]);
        Progress.say("kernel, profile %s, %d assets: %.0f ns a row", profile, assets, nanos);
        table.add(profile.name(), assets, nanos, Double.parseDouble(answer[1]));
        if (assets == 1_000) {
          String name = "kernel, profile %s, 1000 assets".formatted(profile);
          report.goal(Goal.atMost(name, "ns/row", profile == Profile.S ? 650 : 1_600, nanos));
        }
      }
    }
  }
}
