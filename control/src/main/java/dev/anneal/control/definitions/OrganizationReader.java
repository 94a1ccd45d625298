package dev.anneal.control.definitions;

import dev.anneal.control.definitions.OrganizationDefinition.Outcomes;
import dev.anneal.control.definitions.OrganizationDefinition.Sensor;
import dev.anneal.control.definitions.OrganizationDefinition.Source;
import dev.anneal.features.FeatureNames;
import dev.anneal.features.UnitConversion;
import dev.anneal.schemas.Names;
import dev.anneal.schemas.SourceRules;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Reads `scadaDbConfig` and `schemaConfig`.
final class OrganizationReader {
  /// A group that is repeated by a count, of which a few within each other take years to match.
  private static final Pattern COUNTED_GROUP = Pattern.compile("\\)\\s*\\{");

  /// Fields every telemetry record has besides its sensors.
  static final Set<String> RESERVED =
      Stream.concat(
              Stream.of("asset", "event_time", "known_time", "lsn", "quality"),
              FeatureNames.reserved().stream())
          .collect(Collectors.toUnmodifiableSet());

  private static final List<String> QUALITY_CODES = List.of("da", "ua", "ignition");
  private static final List<String> QUALITIES =
      List.of("good", "uncertain", "bad", "stale", "out_of_range");

  private static final int POSTGRES_PORT = 5432;
  private static final int HIGHEST_PORT = 65_535;

  /// The organization, and what it says to its models.
  record Read(OrganizationDefinition definition, FeatureRules features) {}

  private final Section section;

  OrganizationReader(Section section) {
    this.section = section;
  }

  /// @param organization may be wrong
  static Source source(Section section, String organization) {
    String host = checked(section, "host", SourceRules::isHost, SourceRules.HOST);
    int port = section.whole("port", POSTGRES_PORT, 1, HIGHEST_PORT);
    String database = checked(section, "database", SourceRules::isDatabase, SourceRules.DATABASE);
    String user = section.text("user");
    // neither is repeated: it may be the password itself
    String passwordEnv = section.optionalText("passwordEnv");
    if (passwordEnv != null
        && Names.isIdentifier(organization)
        && !SourceRules.isPasswordVariable(organization, passwordEnv)) {
      section.problem("passwordEnv", SourceRules.passwordVariable(organization));
    }
    String passwordFile = section.optionalText("passwordFile");
    if (passwordFile != null && !SourceRules.isPasswordFile(passwordFile)) {
      section.problem("passwordFile", SourceRules.PASSWORD_FILE);
    }
    if (passwordEnv != null && passwordFile != null) {
      section.problem("passwordFile", "is there beside passwordEnv; keep one of them");
    }
    String schema = section.text("schema", "public");
    var tables =
        section.texts(
            "tables",
            true,
            OrganizationReader::isPattern,
            "a table's name or a regular expression (without groups that have a count)");
    return new Source(host, port, database, user, passwordEnv, passwordFile, schema, tables);
  }

  private static String checked(
      Section section, String key, Predicate<String> allowed, String rule) {
    String text = section.text(key);
    if (!text.isEmpty() && !allowed.test(text)) {
      section.problem(key, "%s, was %s".formatted(rule, Section.shown(text)));
    }
    return text;
  }

  private static boolean isPattern(String text) {
    try {
      Pattern.compile(text);
      return !text.isBlank() && !COUNTED_GROUP.matcher(text).find();
    } catch (PatternSyntaxException e) {
      return false;
    }
  }

  Read read(String name, Source source) {
    String assetColumn = section.text("assetColumn");
    String timeColumn = section.text("timeColumn");
    String qualityColumn = section.optionalText("qualityColumn");
    var columns = section.texts("continuousColumns", true, c -> !c.isBlank(), "a column's name");
    roles(columns, assetColumn, timeColumn, qualityColumn);
    var mapping = perColumn("columnMapping", columns);
    var units = perColumn("units", columns);
    var sensors = sensors(columns, mapping, units);
    Outcomes outcomes =
        section.optionalSection(
            "outcomes",
            s -> new Outcomes(s.text("table"), s.text("assetColumn"), s.text("timeColumn")));
    var definition =
        new OrganizationDefinition(
            name,
            source,
            assetColumn,
            timeColumn,
            qualityColumn,
            sensors,
            outcomes,
            section.choice("qualityCodes", "ignition", QUALITY_CODES),
            section.section("qualityWords", OrganizationReader::qualityWords));
    var features =
        new FeatureReader(section).read(definition.sensorNames(), definition.outcomes() != null);
    return new Read(definition, features);
  }

  private static Map<String, String> qualityWords(Section section) {
    var words = new TreeMap<String, String>();
    section
        .entries()
        .forEach(
            (word, meaning) -> {
              if (meaning instanceof String text && QUALITIES.contains(text)) {
                words.put(word, text);
              } else {
                section.problem(
                    word,
                    "must be one of %s, was %s"
                        .formatted(String.join(", ", QUALITIES), Section.shown(meaning)));
              }
            });
    return words;
  }

  private void roles(List<String> columns, String asset, String time, @Nullable String quality) {
    for (String column : columns) {
      if (column.equals(asset) || column.equals(time) || column.equals(quality)) {
        section.problem(
            "continuousColumns",
            "%s has another role; leave it out here".formatted(Section.shown(column)));
      }
    }
    if (!asset.isEmpty() && asset.equals(time)) {
      section.problem("timeColumn", "is the assetColumn too");
    }
  }

  private Map<String, String> perColumn(String key, List<String> columns) {
    var result = new HashMap<String, String>();
    section.section(
        key,
        s -> {
          s.entries()
              .forEach(
                  (column, value) -> {
                    if (!columns.contains(column)) {
                      s.problem(
                          column,
                          "is not one of continuousColumns (%s)"
                              .formatted(String.join(", ", columns)));
                    } else if (!(value instanceof String text) || text.isBlank()) {
                      s.problem(column, "must be text, was " + Section.shown(value));
                    } else {
                      result.put(column, text);
                    }
                  });
          return result;
        });
    return result;
  }

  private List<Sensor> sensors(
      List<String> columns, Map<String, String> mapping, Map<String, String> units) {
    var sensors = new ArrayList<Sensor>();
    var names = new HashSet<String>();
    for (String column : columns) {
      String name = mapping.getOrDefault(column, column);
      String at = "columnMapping." + column;
      if (RESERVED.contains(name)) {
        section.problem(
            at,
            "%s is a name of Anneal's own; map the column to another"
                .formatted(Section.shown(name)));
      } else if (!Names.isField(name)) {
        section.problem(
            at,
            "must be a name of a-z, 0-9 and _ that starts with a letter, was "
                + Section.shown(name));
      } else if (!names.add(name)) {
        section.problem(at, "two columns are called " + Section.shown(name));
      }
      String unit = units.get(column);
      if (unit != null) {
        section.check("units." + column, UnitConversion::parse, unit);
      }
      sensors.add(new Sensor(column, name, unit));
    }
    return List.copyOf(sensors);
  }
}
