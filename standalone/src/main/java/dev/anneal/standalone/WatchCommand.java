package dev.anneal.standalone;

import dev.anneal.events.DriftEvent;
import dev.anneal.events.DriftReport;
import dev.anneal.events.EstimateSwitchedOff;
import dev.anneal.events.LifecycleEvent;
import dev.anneal.schemas.EventJson;
import dev.anneal.schemas.Topic;
import dev.anneal.schemas.Topics;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "watch",
    description = "Follow the model lifecycle, one JSON object a line, until Ctrl-C.",
    mixinStandardHelpOptions = true)
final class WatchCommand implements Callable<Integer> {
  @Mixin private KafkaAddress address = new KafkaAddress();

  @Option(names = "--from-beginning", description = "All that ever happened first.")
  private boolean fromBeginning;

  @Option(names = "--full", description = "With the reference profiles and each feature's drift.")
  private boolean full;

  @Option(
      names = "--estimates",
      description =
          "Also drift reports with an estimatedPerformance, which is an estimate from scores, without labels.")
  private boolean estimates;

  @Option(
      names = {"-o", "--org"},
      description = "Only this organization.")
  private @Nullable String organization;

  @Option(
      names = "--limit",
      paramLabel = "EVENTS",
      description = "End after this many events.",
      defaultValue = "9223372036854775807")
  private long limit = Long.MAX_VALUE;

  @Override
  public Integer call() throws IOException {
    List<Topic<?>> topics =
        estimates ? List.of(Topics.LIFECYCLE, Topics.DRIFT) : List.of(Topics.LIFECYCLE);
    try (var kafka = address.client()) {
      kafka.open(fromBeginning, topics);
      var seen = new AtomicLong();
      kafka.follow(
          () -> true,
          event -> {
            if (isTold(event, organization)) {
              Output.print(EventJson.of(event, full ? Set.of() : bulky(event)));
              return seen.incrementAndGet() < limit;
            }
            return true;
          });
    }
    return 0;
  }

  private static Set<String> bulky(SpecificRecord event) {
    return event instanceof DriftEvent ? Set.of("features") : Output.PROFILES;
  }

  /// Of drift, what says how well a version is estimated to do.
  ///
  /// @param only events of this organization, or of all
  static boolean isTold(SpecificRecord event, @Nullable String only) {
    return switch (event) {
      case LifecycleEvent lived -> only == null || only.equals(lived.getOrganization());
      case DriftEvent drift ->
          (only == null || only.equals(drift.getOrganization())) && isOfEstimate(drift.getEvent());
      default -> false;
    };
  }

  private static boolean isOfEstimate(Object event) {
    return event instanceof EstimateSwitchedOff
        || event instanceof DriftReport report && report.getEstimatedPerformance() != null;
  }
}
