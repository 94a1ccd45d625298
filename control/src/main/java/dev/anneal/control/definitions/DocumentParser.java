package dev.anneal.control.definitions;

import dev.anneal.stage.web.BodyLimits;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// Text to the maps, lists and values it writes. YAML is read without any of its object tags.
public final class DocumentParser {
  /// Longest document, characters.
  static final int MAX_LENGTH = 4 << 20;

  private static final int MAX_DEPTH = BodyLimits.JSON_DEPTH;
  private static final int MAX_ALIASES = 20;
  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
                  .build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private DocumentParser() {}

  /// The text is none of its format, or says no object.
  public static final class Malformed extends Exception {
    Malformed(String message) {
      super(message);
    }
  }

  /// @throws Malformed with the line where the text goes wrong
  public static Map<?, ?> yaml(String text) throws Malformed {
    var options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    options.setCodePointLimit(MAX_LENGTH);
    options.setNestingDepthLimit(MAX_DEPTH);
    options.setMaxAliasesForCollections(MAX_ALIASES);
    try {
      Object document = new Yaml(new SafeConstructor(options)).load(text);
      return object(document);
    } catch (MarkedYAMLException e) {
      var mark = e.getProblemMark();
      throw new Malformed(
          mark == null
              ? String.valueOf(e.getProblem())
              : "line %d, column %d: %s"
                  .formatted(mark.getLine() + 1, mark.getColumn() + 1, e.getProblem()));
    } catch (YAMLException e) {
      throw new Malformed(String.valueOf(e.getMessage()));
    }
  }

  /// @throws Malformed with the line where the text goes wrong
  public static Map<?, ?> json(String text) throws Malformed {
    try {
      return object(JSON.readValue(text, Object.class));
    } catch (JacksonException e) {
      var at = e.getLocation();
      if (at == null) { // a limit is broken
        throw new Malformed(e.getOriginalMessage());
      }
      throw new Malformed(
          "line %d, column %d: %s"
              .formatted(at.getLineNr(), at.getColumnNr(), e.getOriginalMessage()));
    }
  }

  private static Map<?, ?> object(@org.jspecify.annotations.Nullable Object document)
      throws Malformed {
    if (document instanceof Map<?, ?> map) {
      return map;
    }
    throw new Malformed(
        "expected an object with the keys organization, scadaDbConfig, schemaConfig and models");
  }
}
