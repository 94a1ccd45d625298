package dev.anneal.standalone;

import dev.anneal.standalone.demo.Demo;
import dev.anneal.standalone.demo.Narrator;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

@Command(
    name = "up",
    description =
        "Run Anneal until Ctrl-C; a later up on the same directory goes on where it stopped.",
    mixinStandardHelpOptions = true)
final class UpCommand implements Callable<Integer> {
  @Mixin private Place place = new Place();

  @Option(names = "--simulate", description = "Also run the demo's two simulated plants.")
  private boolean simulate;

  @Option(
      names = "--day",
      description = "Wall-clock time of a simulated day (default: ${DEFAULT-VALUE}).",
      defaultValue = "2s",
      converter = DurationConverter.class)
  private Duration day = Duration.ofSeconds(2);

  @Option(
      names = "--set",
      description =
          "Setting of the stages, e.g. --set anneal.notifier.channel=#pumps; may come again.",
      converter = SettingConverter.class)
  private List<String> settings = List.of();

  /// A name that no stage knows is Spring's to ignore; what has none is a mistake.
  static final class SettingConverter implements ITypeConverter<String> {
    @Override
    public String convert(String text) {
      if (!text.matches("(?s)[A-Za-z][\\w.\\[\\]-]*=.*")) {
        throw new TypeConversionException("must be NAME=VALUE, was " + text);
      }
      return text;
    }
  }

  @Override
  public Integer call() throws Exception {
    var simulation = new Demo.Settings(false, null, day, Duration.ofDays(365_000));
    var narrator = new Narrator(System.out);
    Path directory = place.dataDirectory();
    Place.logInto(directory);
    var interruption = Interruption.handled(directory, narrator::say, () -> {});
    try (var anneal = Standalone.start(directory, Place.registryHome(), settings, narrator::say)) {
      interruption.started(anneal);
      var at = anneal.endpoints();
      narrator.say("Kafka %s, schema registry %s".formatted(at.bootstrapServers(), at.registry()));
      narrator.say("control %s, predictions %s".formatted(at.control(), at.deployer()));
      narrator.say("data in %s; Ctrl-C stops".formatted(directory));
      if (simulate) {
        new Demo(anneal, simulation, narrator, InstantSource.system())
            .run(interruption::isRequested);
      } else {
        interruption.await();
      }
    } catch (Exception e) {
      interruption.finished();
      throw e;
    }
    narrator.say("stopped");
    interruption.finished();
    return 0;
  }
}
