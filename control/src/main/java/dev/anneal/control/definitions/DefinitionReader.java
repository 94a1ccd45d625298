package dev.anneal.control.definitions;

import dev.anneal.control.definitions.Definitions.Reading;
import dev.anneal.schemas.Names;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads a document (`organization`, `scadaDbConfig`, `schemaConfig`, `drift`, `models`): every
/// rule is checked, every breach reported. Pure.
public final class DefinitionReader {
  private DefinitionReader() {}

  /// @param document as a YAML or JSON parser gives it
  public static Reading read(Map<?, ?> document, ModelDefaults defaults) {
    var beyond = DocumentLimits.problems(document);
    if (!beyond.isEmpty()) {
      return new Reading.Invalid(beyond);
    }
    var problems = new ArrayList<Problem>();
    var root = new Section("", document, problems);
    String name = identifier(root, "organization");
    // the whole order of the document, so that problems come in it
    var source = root.section("scadaDbConfig", s -> OrganizationReader.source(s, name));
    var organization =
        root.section("schemaConfig", s -> new OrganizationReader(s).read(name, source));
    var features = organization.features();
    var drift = root.section("drift", s -> new DriftReader(s).read(DriftSettings.DEFAULT));
    var models =
        root.sections("models", s -> new ModelReader(s, features, defaults, drift).read(name));
    uniqueNames(models, problems);
    root.close();
    return problems.isEmpty()
        ? new Reading.Valid(new Definitions(organization.definition(), models))
        : new Reading.Invalid(List.copyOf(problems));
  }

  /// What is wrong with hyper-parameters given for one run.
  public static List<Problem> overrideProblems(Map<String, Object> overrides) {
    var problems = new ArrayList<Problem>();
    ModelReader.hyperparameters(new Section("overrides", overrides, problems));
    return problems;
  }

  static String identifier(Section section, String key) {
    String name = section.text(key);
    if (!name.isEmpty() && !Names.isIdentifier(name)) {
      section.problem(
          key, "must be 1 to 63 of a-z, 0-9 and -, not - at the ends, was " + Section.shown(name));
    }
    return name;
  }

  private static void uniqueNames(List<ModelDefinition> models, List<Problem> problems) {
    var seen = new HashSet<String>();
    for (int i = 0; i < models.size(); i++) {
      String name = models.get(i).model();
      if (!name.isEmpty() && !seen.add(name)) {
        new Problem("models[%d].name".formatted(i), "is there twice: " + Section.shown(name))
            .addTo(problems);
      }
    }
  }

  /// Keys in a fixed order, so that equal definitions are equal text.
  static Map<String, String> sorted(Map<String, String> map) {
    var sorted = new LinkedHashMap<String, String>();
    map.entrySet().stream()
        .sorted(Comparator.comparing(Map.Entry::getKey))
        .forEach(e -> sorted.put(e.getKey(), e.getValue()));
    return sorted;
  }
}
