package dev.anneal.standalone;

import dev.anneal.schemas.EventJson;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "watch",
    description = "Follow the model lifecycle, one JSON object a line, until Ctrl-C.",
    mixinStandardHelpOptions = true)
final class WatchCommand implements Callable<Integer> {
  private static final Duration FOREVER = Duration.ofDays(3_650);

  @Mixin private KafkaAddress address = new KafkaAddress();

  @Option(names = "--from-beginning", description = "All that ever happened first.")
  private boolean fromBeginning;

  @Option(names = "--full", description = "With the reference profiles.")
  private boolean full;

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
    Set<String> hidden = full ? Set.of() : Output.PROFILES;
    try (var kafka = address.client()) {
      kafka.openLifecycle(fromBeginning);
      var seen = new AtomicLong();
      kafka.follow(
          FOREVER,
          event -> {
            if (organization == null || organization.equals(event.getOrganization())) {
              Output.print(EventJson.of(event, hidden));
              return seen.incrementAndGet() < limit;
            }
            return true;
          });
    }
    return 0;
  }
}
