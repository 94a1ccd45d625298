package dev.anneal.standalone;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.anneal.events.Cause;
import dev.anneal.events.CommandRejected;
import dev.anneal.events.LifecycleEvent;
import dev.anneal.events.ModelDeployed;
import dev.anneal.events.ModelRejected;
import dev.anneal.events.TrainRequest;
import dev.anneal.events.TrainingCancelled;
import dev.anneal.events.TrainingFailed;
import dev.anneal.events.TrainingQueued;
import dev.anneal.schemas.EventJson;
import dev.anneal.schemas.Names;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// The commands that talk to a running Anneal.
final class Commands {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String UNNAMED = "unnamed";

  private Commands() {}

  private static void print(Object json) {
    try {
      System.out.println(JSON.writeValueAsString(json));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Command(
      name = "apply",
      description = "Create or change an organization and its models.",
      mixinStandardHelpOptions = true)
  static final class Apply implements Callable<Integer> {
    @Mixin private Connection connection = new Connection();

    @Parameters(paramLabel = "FILE", description = "The definition, YAML or JSON.")
    private Path file = Path.of("");

    @Override
    public Integer call() throws IOException {
      if (!Files.isReadable(file)) {
        throw new IOException("cannot read " + file);
      }
      String definition = Files.readString(file);
      print(connection.control().apply(organization(definition), definition));
      return 0;
    }

    /// The address wants a name; where the document has none, control says so with everything else
    /// that is wrong.
    private static String organization(String definition) {
      try {
        Object document = new Yaml(new SafeConstructor(new LoaderOptions())).load(definition);
        return document instanceof Map<?, ?> map
                && map.get("organization") instanceof String name
                && Names.isIdentifier(name)
            ? name
            : UNNAMED;
      } catch (YAMLException e) {
        return UNNAMED;
      }
    }
  }

  @Command(
      name = "train",
      description = {
        "Publish a TrainRequest, as any Kafka client would.",
        "Exit code 0: queued (with --wait: a model of it is in service); 1: refused, failed or rejected."
      },
      mixinStandardHelpOptions = true)
  static final class Train implements Callable<Integer> {
    @Mixin private Connection connection = new Connection();

    @Option(
        names = {"-o", "--org"},
        required = true,
        description = "Organization.")
    private String organization = "";

    @Option(
        names = {"-m", "--model"},
        required = true,
        description = "Model.")
    private String model = "";

    @Option(names = "--wait", description = "Until the model is in service, or will not be.")
    private boolean wait;

    @Option(
        names = "--reason",
        description = "For those who read the lifecycle later.",
        defaultValue = "asked for by hand")
    private String reason = "";

    @Option(
        names = "--set",
        description = "Hyper-parameter for this run only, e.g. --set numLeaves=63.")
    private Map<String, String> overrides = Map.of();

    @Option(
        names = "--timeout",
        description = "Of the wait (default: ${DEFAULT-VALUE}).",
        defaultValue = "PT2H")
    private Duration timeout = Duration.ofHours(2);

    private static final Duration ACCEPTANCE = Duration.ofSeconds(30);

    @Override
    public Integer call() throws IOException {
      var request =
          TrainRequest.newBuilder()
              .setRequestId(UUID.randomUUID().toString())
              .setOrganization(organization)
              .setModel(model)
              .setCause(Cause.MANUAL)
              .setReason(reason)
              .setRequestedBy(System.getProperty("user.name", ""))
              .setRequestedAt(Instant.now())
              .setOverrides(overrides)
              .build();
      try (var kafka = connection.kafka()) {
        kafka.openLifecycle(false);
        kafka.ask(request);
        var exit = new AtomicInteger(1);
        var followed = new AtomicReference<>(request.getRequestId());
        boolean ended =
            kafka.follow(wait ? timeout : ACCEPTANCE, event -> more(event, followed, exit));
        if (!ended) {
          throw new IOException(
              "request %s was published; no answer within %s"
                  .formatted(request.getRequestId(), wait ? timeout : ACCEPTANCE));
        }
        return exit.get();
      }
    }

    /// Whether to go on after this event.
    private boolean more(
        LifecycleEvent event, AtomicReference<String> followed, AtomicInteger exit) {
      if (!java.util.Objects.equals(followed.get(), event.getRequestId())) {
        return true;
      }
      print(EventJson.of(event, Set.of("referenceProfile")));
      return switch (event.getEvent()) {
        case TrainingQueued queued -> {
          String into = queued.getCoalescedInto();
          followed.set(into == null ? followed.get() : into);
          exit.set(wait ? 1 : 0);
          yield wait;
        }
        case ModelDeployed _ -> end(exit, 0);
        case TrainingFailed failed when !failed.getWillRetry() ->
            fail(exit, "training failed, %s: %s".formatted(failed.getCode(), failed.getMessage()));
        case TrainingCancelled cancelled ->
            fail(exit, "training was cancelled: " + cancelled.getReason());
        case ModelRejected rejected ->
            fail(exit, "the gate rejected the model: " + rejected.getReason());
        case CommandRejected rejected -> fail(exit, rejected.getMessage());
        default -> true;
      };
    }

    private static boolean fail(AtomicInteger exit, String message) {
      System.err.println("anneal: " + message);
      return end(exit, 1);
    }

    private static boolean end(AtomicInteger exit, int code) {
      exit.set(code);
      return false;
    }
  }

  @Command(
      name = "watch",
      description = "Follow the model lifecycle, one JSON object a line, until Ctrl-C.",
      mixinStandardHelpOptions = true)
  static final class Watch implements Callable<Integer> {
    private static final Duration FOREVER = Duration.ofDays(3_650);

    @Mixin private Connection connection = new Connection();

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
        description = "End after this many events.",
        defaultValue = "9223372036854775807")
    private long limit = Long.MAX_VALUE;

    @Override
    public Integer call() throws IOException {
      Set<String> hidden = full ? Set.of() : Set.of("referenceProfile");
      try (var kafka = connection.kafka()) {
        kafka.openLifecycle(fromBeginning);
        var seen = new java.util.concurrent.atomic.AtomicLong();
        kafka.follow(
            FOREVER,
            event -> {
              if (organization == null || organization.equals(event.getOrganization())) {
                print(EventJson.of(event, hidden));
                return seen.incrementAndGet() < limit;
              }
              return true;
            });
      }
      return 0;
    }
  }

  @Command(
      name = "status",
      description = "What serves, what runs, what was decided.",
      mixinStandardHelpOptions = true)
  static final class Status implements Callable<Integer> {
    @Mixin private Connection connection = new Connection();

    @Override
    public Integer call() throws IOException {
      JsonNode status = connection.control().get("/api/status");
      System.out.println(JSON.writerWithDefaultPrettyPrinter().writeValueAsString(status));
      return 0;
    }
  }

  @Command(
      name = "rollback",
      description = "Put the version back in service that served before.",
      mixinStandardHelpOptions = true)
  static final class Rollback implements Callable<Integer> {
    @Mixin private Connection connection = new Connection();

    @Option(
        names = {"-o", "--org"},
        required = true,
        description = "Organization.")
    private String organization = "";

    @Option(
        names = {"-m", "--model"},
        required = true,
        description = "Model.")
    private String model = "";

    @Option(names = "--to", description = "This version instead.")
    private @Nullable String version;

    @Override
    public Integer call() throws IOException {
      var body =
          new java.util.HashMap<String, String>(
              Map.of("organization", organization, "model", model));
      if (version != null) {
        body.put("version", version);
      }
      print(connection.control().post("/api/training/rollback", body));
      return 0;
    }
  }
}
