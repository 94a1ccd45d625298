package dev.anneal.ingest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.anneal.events.Alert;
import dev.anneal.events.Definition;
import dev.anneal.events.ModelDefinition;
import dev.anneal.events.OrganizationDefinition;
import dev.anneal.events.Outcome;
import dev.anneal.events.Severity;
import dev.anneal.features.UnitConversion;
import dev.anneal.ingest.Organization.Sensor;
import dev.anneal.schemas.Micros;
import dev.anneal.schemas.Names;
import dev.anneal.schemas.RowCodec.Quality;
import dev.anneal.stage.RejectedRecord;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Between Avro's types and ours.
final class Wire {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Wire() {}

  static Outcome outcome(Mapped.Failure failure) {
    return Outcome.newBuilder()
        .setAsset(failure.asset())
        .setEventTime(Micros.toInstant(failure.eventTimeMicros()))
        .setKnownTime(Micros.toInstant(failure.knownTimeMicros()))
        .setLsn(failure.lsn())
        .build();
  }

  /// That what the source committed before is sent.
  static Outcome progress(long knownTimeMicros) {
    var known = Micros.toInstant(knownTimeMicros);
    return new Outcome("", known, known, 0L, "progress", null);
  }

  static Alert alert(Trouble trouble) {
    return Alert.newBuilder()
        .setAlertId(trouble.id())
        .setOrganization(trouble.organization())
        .setKind(trouble.code().name())
        .setSeverity(Severity.CRITICAL)
        .setMessage(trouble.reason())
        .setRaisedAt(trouble.raisedAt())
        .setResolvedAt(trouble.resolvedAt())
        .build();
  }

  /// Empty where the alert is none of a capture.
  static Optional<Trouble> trouble(Alert alert) {
    return Arrays.stream(CaptureException.Code.values())
        .filter(code -> alert.getModel() == null && code.name().equals(alert.getKind()))
        .findFirst()
        .map(
            code ->
                new Trouble(
                    alert.getAlertId(),
                    alert.getOrganization(),
                    code,
                    alert.getMessage(),
                    alert.getRaisedAt(),
                    alert.getResolvedAt()));
  }

  /// A row of `control.organization`.
  ///
  /// @throws IllegalArgumentException when the document is no organization; says where and why
  static Definition organizationDefinition(String name, String document, Instant changedAt) {
    var definition = AvroDocument.read(OrganizationDefinition.class, json(document));
    require(
        definition.getName().equals(name),
        "name: expected `%s`, found `%s`",
        name,
        definition.getName());
    organization(definition);
    return new Definition(changedAt, definition);
  }

  /// A row of `control.model`.
  ///
  /// @throws IllegalArgumentException when the document is no model; says where and why
  static Definition modelDefinition(
      String organization, String model, String document, Instant changedAt) {
    var definition = AvroDocument.read(ModelDefinition.class, json(document));
    require(
        definition.getOrganization().equals(organization),
        "organization: expected `%s`, found `%s`",
        organization,
        definition.getOrganization());
    require(
        definition.getModel().equals(model),
        "model: expected `%s`, found `%s`",
        model,
        definition.getModel());
    require(
        Names.isIdentifier(organization),
        "organization: `%s` does not match %s",
        organization,
        Names.IDENTIFIER);
    require(Names.isIdentifier(model), "model: `%s` does not match %s", model, Names.IDENTIFIER);
    return new Definition(changedAt, definition);
  }

  /// @return null when the definition is of a model
  /// @throws IllegalArgumentException when the organization cannot be captured so; says where and
  ///     why
  static @Nullable Organization organization(Definition definition) {
    return definition.getDefinition() instanceof OrganizationDefinition organization
        ? organization(organization)
        : null;
  }

  /// @throws RejectedRecord when the organization cannot be captured so
  static @Nullable Organization acceptedOrganization(Definition definition) {
    try {
      return organization(definition);
    } catch (IllegalArgumentException e) {
      throw new RejectedRecord(Mapped.Code.BAD_DEFINITION.id(), String.valueOf(e.getMessage()));
    }
  }

  private static Organization organization(OrganizationDefinition definition) {
    require(
        Names.isIdentifier(definition.getName()),
        "name: `%s` does not match %s",
        definition.getName(),
        Names.IDENTIFIER);
    var names = new HashSet<String>();
    for (var sensor : definition.getSensors()) {
      require(
          Names.isField(sensor.getName()),
          "sensors: `%s` does not match %s",
          sensor.getName(),
          Names.FIELD);
      require(names.add(sensor.getName()), "sensors: `%s` is there twice", sensor.getName());
    }
    var source = definition.getSource();
    var outcomes = definition.getOutcomes();
    return new Organization(
        definition.getName(),
        new ScadaSource(
            source.getHost(),
            source.getPort(),
            source.getDatabase(),
            source.getUser(),
            source.getPasswordEnv(),
            source.getPasswordFile(),
            source.getSchema$(),
            source.getTables()),
        definition.getAssetColumn(),
        definition.getTimeColumn(),
        definition.getQualityColumn(),
        sensors(definition.getSensors()),
        outcomes == null
            ? null
            : new Organization.Outcomes(
                outcomes.getTable(), outcomes.getAssetColumn(), outcomes.getTimeColumn()),
        constant("qualityCodes", Qualities.Codes.class, definition.getQualityCodes()),
        qualityWords(definition.getQualityWords()));
  }

  private static Map<String, Quality> qualityWords(Map<String, String> words) {
    var qualities = new HashMap<String, Quality>();
    words.forEach(
        (word, quality) ->
            qualities.put(word, constant("qualityWords." + word, Quality.class, quality)));
    return qualities;
  }

  private static <E extends Enum<E>> E constant(String path, Class<E> type, String word) {
    return Arrays.stream(type.getEnumConstants())
        .filter(constant -> constant.name().equalsIgnoreCase(word))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "%s: `%s` is none of %s"
                        .formatted(path, word, Arrays.toString(type.getEnumConstants()))));
  }

  private static List<Sensor> sensors(List<dev.anneal.events.Sensor> sensors) {
    return sensors.stream()
        .map(
            s ->
                new Sensor(
                    s.getColumn(),
                    s.getName(),
                    s.getUnitConversion() == null
                        ? null
                        : UnitConversion.parse(s.getUnitConversion())))
        .toList();
  }

  private static JsonNode json(String document) {
    try {
      return JSON.readTree(document);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("document: no JSON: " + e.getOriginalMessage(), e);
    }
  }

  private static void require(boolean holds, String message, Object... arguments) {
    if (!holds) {
      throw new IllegalArgumentException(message.formatted(arguments));
    }
  }
}
