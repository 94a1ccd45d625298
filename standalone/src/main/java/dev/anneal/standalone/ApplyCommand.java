package dev.anneal.standalone;

import dev.anneal.schemas.Names;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "apply",
    description = {
      "Create or change an organization and its models.",
      "The answer says what changed, and what follows."
    },
    mixinStandardHelpOptions = true)
final class ApplyCommand implements Callable<Integer> {
  private static final String UNNAMED = "unnamed";

  @Mixin private ControlAddress control = new ControlAddress();

  @Parameters(paramLabel = "FILE", description = "The definition, YAML or JSON.")
  private Path file = Path.of("");

  @Override
  public Integer call() throws IOException {
    String definition = read(file);
    Output.print(control.client().apply(organization(definition), definition));
    return 0;
  }

  private static String read(Path file) throws IOException {
    if (Files.isDirectory(file)) {
      throw new IOException(file + " is a directory; expected a file, YAML or JSON");
    }
    try {
      return Files.readString(file);
    } catch (CharacterCodingException e) {
      throw new IOException(file + " is not UTF-8 text", e);
    }
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
    } catch (YAMLException _) {
      return UNNAMED;
    }
  }
}
