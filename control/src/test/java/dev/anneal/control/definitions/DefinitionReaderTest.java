package dev.anneal.control.definitions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import dev.anneal.control.definitions.Definitions.Reading;
import dev.anneal.drift.SensorLimits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class DefinitionReaderTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final ModelDefaults DEFAULTS = new ModelDefaults(3, .7);

  private static String acme() throws IOException {
    try (var in = DefinitionReaderTest.class.getResourceAsStream("/definitions/acme.yaml")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static Reading read(String yaml) throws DocumentParser.Malformed {
    return DefinitionReader.read(DocumentParser.yaml(yaml), DEFAULTS);
  }

  private static List<String> problems(String yaml) throws DocumentParser.Malformed {
    return read(yaml) instanceof Reading.Invalid(var problems)
        ? problems.stream().map(Problem::toString).toList()
        : List.of();
  }

  private static Definitions valid(String yaml) throws DocumentParser.Malformed {
    assertThat(problems(yaml)).isEmpty();
    return ((Reading.Valid) read(yaml)).definitions();
  }

  @Test
  void whatADefinitionDoesNotSayIsTheDefault() throws Exception {
    var reading = DefinitionReader.read(DocumentParser.yaml(acme()), new ModelDefaults(0, .9));

    var models = ((Reading.Valid) reading).definitions().models();
    assertThat(models).extracting(ModelDefinition::retryAttempts).containsExactly(3, 0);
    assertThat(models).extracting(m -> m.gate().minAccuracy()).containsExactly(.9, .8);
  }

  @Test
  void defaultsRefuseNonsense() {
    assertThatThrownBy(() -> new ModelDefaults(11, .7))
        .hasMessage("anneal.control.defaults.retry-attempts must be in [0, 10], was 11");
    assertThatThrownBy(() -> new ModelDefaults(3, 75))
        .hasMessage("anneal.control.defaults.min-accuracy must be in [0, 1], was 75.0");
  }

  @Test
  void resolvesWhatIsWritten() throws Exception {
    var definitions = valid(acme());

    assertThat(definitions.organization())
        .isEqualTo(
            new OrganizationDefinition(
                "acme",
                new OrganizationDefinition.Source(
                    "db.acme.example",
                    5433,
                    "scada",
                    "anneal",
                    "ANNEAL_SOURCE_ACME__SCADA_PASSWORD",
                    null,
                    "public",
                    List.of("readings")),
                "machine_id",
                "ts",
                "quality",
                List.of(
                    new OrganizationDefinition.Sensor("temp", "temperature", "°F → °C"),
                    new OrganizationDefinition.Sensor("press", "pressure", null),
                    new OrganizationDefinition.Sensor("vib", "vibration", null)),
                new OrganizationDefinition.Outcomes("failures", "machine_id", "failed_at"),
                "ignition",
                Map.of()));
    assertThat(definitions.models().getFirst())
        .isEqualTo(
            new ModelDefinition(
                "acme",
                "pump-failure",
                "binary",
                86_400L,
                List.of("temperature", "pressure", "vibration"),
                List.of(60, 120),
                List.of("5", "10m"),
                new ModelDefinition.Features(
                    List.of("mean", "std", "min", "max", "slope"),
                    List.of(),
                    List.of(),
                    "UTC",
                    true,
                    60,
                    3600),
                null,
                0.85,
                0.7,
                Map.of("numLeaves", "31", "learningRate", "0.05", "numIterations", "100"),
                new ModelDefinition.Schedule("0 2 * * 0", "Europe/Berlin", true),
                3,
                true,
                true,
                DriftSettings.DEFAULT,
                new ModelDefinition.Gate(0.7, 0.7, 0.7, 104_857_600, 100)));
  }

  @Test
  void readsTheOperatingRegimes() throws Exception {
    String regimes = "retryAttempts: 3\n    regimes: {settings: [pressure, temperature], count: 6}";

    var models = valid(acme().replace("retryAttempts: 3", regimes)).models();

    assertThat(models)
        .extracting(ModelDefinition::regimes)
        .containsExactly(new ModelDefinition.Regimes(List.of("pressure", "temperature"), 6), null);
  }

  @Test
  void readsWhichFeaturesThereAre() throws Exception {
    String chosen =
        """
        lagSeconds: [60, 120]
          statistics: [mean, twmean]
          deltaSeconds: [60]
          timeFeatures: [hourOfDay]
          timeZone: Europe/Berlin
          staleness: false
          grace: 5m
          clockAhead: 10m""";

    var models = valid(acme().replace("lagSeconds: [60, 120]", chosen)).models();

    assertThat(models)
        .extracting(ModelDefinition::features)
        .containsOnly(
            new ModelDefinition.Features(
                List.of("mean", "twmean"),
                List.of(60),
                List.of("hourOfDay"),
                "Europe/Berlin",
                false,
                300,
                600));
  }

  @Test
  void fillsInTheDefaults() throws Exception {
    var bearing = valid(acme()).models().get(1);

    assertThat(bearing.failureWithinSeconds()).isEqualTo(5_400);
    assertThat(bearing.sensors()).containsExactly("temperature", "pressure", "vibration");
    assertThat(bearing.failureProbability()).isEqualTo(0.5);
    assertThat(bearing.confidenceThreshold()).isEqualTo(0.5);
    assertThat(bearing.schedule()).isNull();
    assertThat(bearing.retryAttempts()).isEqualTo(3);
    assertThat(bearing.drift()).isEqualTo(DriftSettings.DEFAULT);
    assertThat(bearing.gate()).isEqualTo(new ModelDefinition.Gate(0.8, 0, 0.7, 5 << 20, 20));
  }

  @Test
  void theOrganizationsDriftSettingsHoldForModelsThatDoNotSayOtherwise() throws Exception {
    String yaml =
        acme()
            .replace("cooldown: 7d, minimumLabels: 200", "cooldown: 3d, trainFrom: all")
            .replace(
                "models:",
                "drift: {cooldown: 1d, persistence: 2, triggers: [performance],"
                    + " refreshRows: [100, 200, 300], maxRefreshes: 2, window: 2d,"
                    + " windowRows: 50}\nmodels:");

    var models = valid(yaml).models();

    assertThat(models)
        .extracting(m -> m.drift().cooldownSeconds())
        .containsExactly(259_200L, 86_400L);
    assertThat(models).extracting(m -> m.drift().trainFromChange()).containsExactly(false, true);
    assertThat(models)
        .allSatisfy(
            model -> {
              assertThat(model.drift().persistence()).isEqualTo(2);
              assertThat(model.drift().triggers()).containsExactly("performance");
              assertThat(model.drift().refreshRows()).containsExactly(100L, 200L);
              assertThat(model.drift().windowDays()).isEqualTo(2);
              assertThat(model.drift().windowRows()).isEqualTo(50);
            });
  }

  @Test
  void whatIsDriftAndWhatIsAFaultIsSaidPerOrganizationAndModel() throws Exception {
    String yaml =
        acme()
            .replace(
                "cooldown: 7d, minimumLabels: 200",
                "lossDetector: hddm-a, sensorLimits: {stuckRise: 0.3}, estimatedPerformance: false")
            .replace(
                "models:",
                "drift: {correction: bonferroni, missingRise: 0.4, lossSignificance: 0.01,"
                    + " sensorLimits: {missingRise: 0.5, farShare: 0.1, spikeShare: 0.01,"
                    + " farRanges: 2.5, minimumRows: 10}}\nmodels:");

    var drifts = valid(yaml).models().stream().map(ModelDefinition::drift).toList();

    assertThat(drifts).extracting(DriftSettings::correction).containsOnly("bonferroni");
    assertThat(drifts).extracting(DriftSettings::missingRise).containsOnly(.4);
    assertThat(drifts)
        .extracting(DriftSettings::sensorLimits)
        .containsExactly(
            new SensorLimits(.5, .3, .1, .01, 2.5, 10), new SensorLimits(.5, .1, .1, .01, 2.5, 10));
    assertThat(drifts).extracting(DriftSettings::lossDetector).containsExactly("hddm-a", "adwin");
    assertThat(drifts).extracting(DriftSettings::lossSignificance).containsExactly(null, .01);
    assertThat(drifts).extracting(DriftSettings::estimatedPerformance).containsExactly(false, true);
  }

  @Test
  void whatIsWrongWithTheOrganizationsDriftIsToldOnce() throws Exception {
    String drift =
        "drift: {cooldown: x, trainFrom: now, correction: holm, window: 40d, longWindow: 1h,"
            + " lossDetector: stepd}\nmodels:";

    assertThat(problems(acme().replace("models:", drift)))
        .containsExactlyInAnyOrder(
            "drift.cooldown: must be a duration such as 7d, was \"x\"",
            "drift.trainFrom: must be one of change, all, was \"now\"",
            "drift.correction: must be one of benjamini-hochberg, bonferroni, none, was \"holm\"",
            "drift.window: must be whole days, at most 30d",
            "drift.longWindow: must be longer, was \"1h\"",
            "drift.lossDetector: must be one of adwin, page-hinkley, ddm, hddm-a, was \"stepd\"");
  }

  @ParameterizedTest
  @CsvSource({"adwin, .01", "hddm-a,", "page-hinkley,"})
  void theOrganizationsLossSignificanceIsOfItsOwnDetector(
      String ofModel, @Nullable Double significance) throws Exception {
    String yaml =
        acme()
            .replace("cooldown: 7d, minimumLabels: 200", "lossDetector: " + ofModel)
            .replace("models:", "drift: {lossSignificance: 0.01}\nmodels:");

    assertThat(valid(yaml).models())
        .extracting(model -> model.drift().lossSignificance())
        .containsExactly(significance, .01);
  }

  @Test
  void documentsHaveExactlyTheShapeOfTheAvroRecords() throws Exception {
    var definitions = valid(acme());

    hasShape(
        JSON.valueToTree(definitions.organization()),
        dev.anneal.events.OrganizationDefinition.getClassSchema());
    for (var model : definitions.models()) {
      hasShape(JSON.valueToTree(model), dev.anneal.events.ModelDefinition.getClassSchema());
    }
  }

  private static void hasShape(JsonNode json, Schema schema) {
    switch (schema.getType()) {
      case RECORD -> {
        assertThat(json.propertyNames())
            .as(schema.getName())
            .containsExactlyInAnyOrderElementsOf(
                schema.getFields().stream().map(Schema.Field::name).toList());
        schema.getFields().forEach(f -> hasShape(json.get(f.name()), f.schema()));
      }
      case UNION -> {
        if (!json.isNull()) {
          hasShape(json, schema.getTypes().getLast());
        }
      }
      case ARRAY -> json.forEach(element -> hasShape(element, schema.getElementType()));
      case MAP -> json.forEach(element -> hasShape(element, schema.getValueType()));
      case STRING -> assertThat(json.isString()).isTrue();
      case INT, LONG -> assertThat(json.isIntegralNumber()).isTrue();
      case DOUBLE -> assertThat(json.isNumber()).isTrue();
      case BOOLEAN -> assertThat(json.isBoolean()).isTrue();
      default -> throw new AssertionError(schema);
    }
  }

  /// Each row: what stands in the good document, what is put there instead, the problem.
  @ParameterizedTest(name = "{2}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          organization: acme      | organization: Acme Inc.   | organization: must be 1 to 63 of a-z, 0-9 and -, not - at the ends, was "Acme Inc."
          organization: acme      | organization: 5           | organization: must be text (in quotes?), was 5
          organization: acme      | organisation: acme        | organization: is required
          organization: acme      | {}organisation: acme      | organisation: unknown key, did you mean organization?
          host: db.acme.example,  |                           | scadaDbConfig.host: is required
          port: 5433              | port: 70000               | scadaDbConfig.port: must be a whole number from 1 to 65535, was 70000
          port: 5433              | port: x                   | scadaDbConfig.port: must be a whole number from 1 to 65535, was "x"
          passwordEnv: ANNEAL_SOURCE_ACME__SCADA_PASSWORD | password: geheim | scadaDbConfig.password: secrets do not belong in a definition: name the variable (passwordEnv) or file (passwordFile)
          passwordEnv: ANNEAL_SOURCE_ACME__SCADA_PASSWORD | passwordEnv: g-1! | scadaDbConfig.passwordEnv: must be one of the organization's own variables: ANNEAL_SOURCE_ACME__ and a name such as PASSWORD
          passwordEnv: ANNEAL_SOURCE_ACME__SCADA_PASSWORD | passwordEnv: PATH | scadaDbConfig.passwordEnv: must be one of the organization's own variables: ANNEAL_SOURCE_ACME__ and a name such as PASSWORD
          passwordEnv: ANNEAL_SOURCE_ACME__SCADA_PASSWORD | passwordEnv: ANNEAL_SOURCE_BOREALIS__PASSWORD | scadaDbConfig.passwordEnv: must be one of the organization's own variables: ANNEAL_SOURCE_ACME__ and a name such as PASSWORD
          passwordEnv: ANNEAL_SOURCE_ACME__SCADA_PASSWORD | passwordFile: /etc/passwd | scadaDbConfig.passwordFile: must be the name of a file in the organization's own directory below ingest's secrets directory: letters, digits and _ . -, no path
          passwordEnv: ANNEAL_SOURCE_ACME__SCADA_PASSWORD | passwordFile: ../borealis/password | scadaDbConfig.passwordFile: must be the name of a file in the organization's own directory below ingest's secrets directory: letters, digits and _ . -, no path
          host: db.acme.example   | host: "db?user=x"         | scadaDbConfig.host: must be a host name, an IPv4 address or an IPv6 address in brackets, without port or parameters, was "db?user=x"
          host: db.acme.example   | host: "a,b"               | scadaDbConfig.host: must be a host name, an IPv4 address or an IPv6 address in brackets, without port or parameters, was "a,b"
          database: scada         | database: "scada?socketFactory=x" | scadaDbConfig.database: must be 1 to 63 letters, digits and _ . $ -, and begin with a letter, a digit or _, was "scada?socketFactory=x"
          user: anneal            | user: anneal, passwordFile: x | scadaDbConfig.passwordFile: is there beside passwordEnv; keep one of them
          tables: ["readings"]    | tables: ["(readings"]     | scadaDbConfig.tables[0]: must be a table's name or a regular expression (without groups that have a count), was "(readings"
          tables: ["readings"]    | tables: ["(a){2}"]        | scadaDbConfig.tables[0]: must be a table's name or a regular expression (without groups that have a count), was "(a){2}"
          tables: ["readings"]    | tables: []                | scadaDbConfig.tables: needs at least one element
          tables: ["readings"]    | tables: readings          | scadaDbConfig.tables: must be a list, was "readings"
          tables: ["readings"]    | tabels: ["readings"], tables: [a] | scadaDbConfig.tabels: unknown key, did you mean tables?
          assetColumn: machine_id\\n  t | t                   | schemaConfig.assetColumn: is required
          timeColumn: ts          | timeColumn: machine_id    | schemaConfig.timeColumn: is the assetColumn too
          timeColumn: ts          | timeColumn: temp          | schemaConfig.continuousColumns: "temp" has another role; leave it out here
          timeColumn: ts          | timeColumn: ts\\n  qualityCodes: opc | schemaConfig.qualityCodes: must be one of da, ua, ignition, was "opc"
          timeColumn: ts          | timeColumn: ts\\n  qualityWords: {1: fine} | schemaConfig.qualityWords.1: must be one of good, uncertain, bad, stale, out_of_range, was "fine"
          [temp, press, vib]      | [temp, press, temp]       | schemaConfig.continuousColumns[2]: is there twice: "temp"
          [temp, press, vib]      | []                        | schemaConfig.continuousColumns: needs at least one element
          {temp: temperature      | {tmp: temperature         | schemaConfig.columnMapping.tmp: is not one of continuousColumns (temp, press, vib)
          {temp: temperature      | {temp: asset              | schemaConfig.columnMapping.temp: "asset" is a name of Anneal's own; map the column to another
          {temp: temperature      | {temp: lsn                | schemaConfig.columnMapping.temp: "lsn" is a name of Anneal's own; map the column to another
          {temp: temperature      | {temp: quality            | schemaConfig.columnMapping.temp: "quality" is a name of Anneal's own; map the column to another
          {temp: temperature      | {temp: Temp 1             | schemaConfig.columnMapping.temp: must be a name of a-z, 0-9 and _ that starts with a letter, was "Temp 1"
          {temp: temperature      | {temp: pressure           | schemaConfig.columnMapping.press: two columns are called "pressure"
          {temp: "°F → °C"}       | {humidity: "°F → °C"}     | schemaConfig.units.humidity: is not one of continuousColumns (temp, press, vib)
          {temp: "°F → °C"}       | {temp: "°F → bar"}        | schemaConfig.units.temp: `°F → bar`: °F measures temperature, bar measures pressure
          [60, 120]               | [60, 0]                   | schemaConfig.lagSeconds[1]: lag must be 1 to 31622400 seconds, was 0
          [60, 120]               | [60, 60]                  | schemaConfig.lagSeconds[1]: is there twice: 60
          [60, 120]               | [60, "2m"]                | schemaConfig.lagSeconds[1]: must be a whole number of seconds, was "2m"
          [5, "10m"]              | [5, "10x"]                | schemaConfig.rollingWindows[1]: rolling window must be a number of rows (5) or a duration (30s, 10m, 6h, 1d), was '10x'
          [5, "10m"]              | [5, "5"]                  | schemaConfig.rollingWindows[1]: is there twice: 5
          [5, "10m"]              | [5, 1.5]                  | schemaConfig.rollingWindows[1]: must be rows (5) or a duration (10m), was 1.5
          lagSeconds: [60, 120]   | deltaSeconds: [60, 0]     | schemaConfig.deltaSeconds[1]: delta must be 1 to 31622400 seconds, was 0
          lagSeconds: [60, 120]   | statistics: [mean, avg]   | schemaConfig.statistics[1]: must be one of mean, std, min, max, slope, last, count, twmean, was "avg"
          lagSeconds: [60, 120]   | statistics: []            | schemaConfig.statistics: needs at least one element
          lagSeconds: [60, 120]   | timeFeatures: [month]     | schemaConfig.timeFeatures[0]: must be one of hourOfDay, dayOfWeek, was "month"
          lagSeconds: [60, 120]   | timeZone: Mars            | schemaConfig.timeZone: time zone must be one such as UTC or Europe/Berlin, was 'Mars'
          lagSeconds: [60, 120]   | staleness: maybe          | schemaConfig.staleness: must be true or false, was "maybe"
          lagSeconds: [60, 120]   | grace: 2d                 | schemaConfig.grace: grace must be 0 to 86400 seconds, was 172800
          lagSeconds: [60, 120]   | clockAhead: 90            | schemaConfig.clockAhead: must be a duration such as 1h, was 90
          {temp: temperature      | {temp: hour_of_day_sin    | schemaConfig.columnMapping.temp: "hour_of_day_sin" is a name of Anneal's own; map the column to another
          {table: failures, a     | {a                        | schemaConfig.outcomes.table: is required
          name: pump-failure      | name: pump_failure        | models[0].name: must be 1 to 63 of a-z, 0-9 and -, not - at the ends, was "pump_failure"
          name: bearing           | name: pump-failure        | models[1].name: is there twice: "pump-failure"
          name: bearing           | name: ../bearing          | models[1].name: must be 1 to 63 of a-z, 0-9 and -, not - at the ends, was "../bearing"
          task: binary            | task: ranking             | models[0].task: must be one of binary, multiclass, regression, was "ranking"
          task: binary            | task: regression          | models[0].task: regression cannot be trained by this version; binary can
          target: {failureWithin: 24h} | target: {}           | models[0].target.failureWithin: is required: how long before a failure the label is 1, such as 24h
          failureWithin: 24h      | failureWithin: 1 day      | models[0].target.failureWithin: must be a duration such as 24h, was "1 day"
          failureWithin: 24h      | failureWithin: 24         | models[0].target.failureWithin: must be a duration such as 24h, was 24
          [temperature, p         | [humidity, p              | models[0].features[0]: must be one of temperature, pressure, vibration, was "humidity"
          failureProbability: 0.85 | failureProbability: 85   | models[0].thresholds.failureProbability: must be a number between 0 and 1, was 85
          confidenceThreshold: 0.7 | confidenceThreshold: 1   | models[0].thresholds.confidenceThreshold: must be a number between 0 and 1, was 1
          confidenceThreshold: 0.7 | confidence: 0.7          | models[0].thresholds.confidence: unknown key, known are confidenceThreshold, failureProbability
          num_leaves: 31          | numLeafs: 31              | models[0].hyperparameters.numLeafs: unknown hyper-parameter, did you mean numLeaves?
          num_leaves: 31          | numLeaves: 1              | models[0].hyperparameters.numLeaves: must be a whole number from 2 to 131072, was 1
          num_leaves: 31          | eta: 0.1                  | models[0].hyperparameters.learningRate: is the same as eta; keep one of them
          learningRate: 0.05      | learningRate: fast        | models[0].hyperparameters.learningRate: must be a number from 1.0E-6 to 1, was "fast"
          "0 2 * * 0"             | "0 2 * *"                 | models[0].trainingSchedule.pattern: must have 5 fields (Unix) or 6 (Spring), or be one of @hourly, @daily, @weekly, @monthly, @yearly; was "0 2 * *"
          "0 2 * * 0"             | "0 2 30 2 *"              | models[0].trainingSchedule.pattern: never runs: there is no such day, was "0 2 30 2 *"
          Europe/Berlin           | Europe/Bärlin             | models[0].trainingSchedule.timezone: must be a time zone such as UTC or Europe/Berlin, was "Europe/Bärlin"
          enabled: true           | enabled: yess             | models[0].trainingSchedule.enabled: must be true or false, was "yess"
          retryAttempts: 3        | retryAttempts: -1         | models[0].retryAttempts: must be a whole number from 0 to 10, was -1
          retryAttempts: 3        | regimes: {settings: [rpm], count: 2} | models[0].regimes.settings[0]: must be one of the model's features (temperature, pressure, vibration), was "rpm"
          retryAttempts: 3        | regimes: {settings: [], count: 2} | models[0].regimes.settings: needs at least one element
          retryAttempts: 3        | regimes: {count: 2}       | models[0].regimes.settings: is required
          retryAttempts: 3        | regimes: {settings: [pressure]} | models[0].regimes.count: is required: how many operating regimes there are
          retryAttempts: 3        | regimes: {settings: [pressure], count: 17} | models[0].regimes.count: must be a whole number from 2 to 16, was 17
          retryAttempts: 3        | regimes: {settings: [pressure], count: 1} | models[0].regimes.count: must be a whole number from 2 to 16, was 1
          retryAttempts: 3        | regimes: {settings: [pressure], k: 3} | models[0].regimes.k: unknown key, known are count, settings
          retryAttempts: 3        | regimes: 6                | models[0].regimes: must be an object, was 6
          notifyOnSuccess: true   | notifyOnSuccess: 1        | models[0].notifyOnSuccess: must be true or false, was 1
          cooldown: 7d            | cooldown: x               | models[0].drift.cooldown: must be a duration such as 7d, was "x"
          cooldown: 7d            | cooldwon: 7d              | models[0].drift.cooldwon: unknown key, did you mean cooldown?
          minimumLabels: 200      | minimumLabels: 0          | models[0].drift.minimumLabels: must be a whole number from 1 to 100000000, was 0
          minimumLabels: 200      | triggers: [feature]       | models[0].drift.triggers[0]: must be one of performance, features, predictions, was "feature"
          minimumLabels: 200      | refreshRows: [9, 9]       | models[0].drift.refreshRows[1]: must be a whole number of at least 10, was 9
          minimumLabels: 200      | window: 36h               | models[0].drift.window: must be whole days, at most 30d
          minimumLabels: 200      | window: 8d                | models[0].drift.window: must be at most longWindow (7d), was 8d
          minimumLabels: 200      | trainFrom: now            | models[0].drift.trainFrom: must be one of change, all, was "now"
          minimumLabels: 200      | falseDiscoveryRate: 1     | models[0].drift.falseDiscoveryRate: must be a number between 0 and 1, was 1
          minimumLabels: 200      | missingRise: 1            | models[0].drift.missingRise: must be a number between 0 and 1, was 1
          minimumLabels: 200      | correction: holm          | models[0].drift.correction: must be one of benjamini-hochberg, bonferroni, none, was "holm"
          minimumLabels: 200      | lossDetector: stepd       | models[0].drift.lossDetector: must be one of adwin, page-hinkley, ddm, hddm-a, was "stepd"
          minimumLabels: 200      | lossSignificance: 0       | models[0].drift.lossSignificance: must be a number between 0 and 1, was 0
          minimumLabels: 200      | lossDetector: ddm, lossSignificance: 0.1 | models[0].drift.lossSignificance: is of adwin and hddm-a, lossDetector is ddm
          minimumLabels: 200      | estimatedPerformance: 1   | models[0].drift.estimatedPerformance: must be true or false, was 1
          minimumLabels: 200      | sensorLimits: 1           | models[0].drift.sensorLimits: must be an object, was 1
          minimumLabels: 200      | sensorLimits: {farRange: 1} | models[0].drift.sensorLimits.farRange: unknown key, did you mean farRanges?
          minimumLabels: 200      | sensorLimits: {farRanges: 0} | models[0].drift.sensorLimits.farRanges: must be a number above 0, was 0
          minimumLabels: 200      | sensorLimits: {farRanges: .inf} | models[0].drift.sensorLimits.farRanges: must be a number above 0, was Infinity
          minimumLabels: 200      | sensorLimits: {stuckRise: 2} | models[0].drift.sensorLimits.stuckRise: must be a number between 0 and 1, was 2
          minimumLabels: 200      | sensorLimits: {minimumRows: 0} | models[0].drift.sensorLimits.minimumRows: must be a whole number from 1 to 100000000, was 0
          minimumLabels: 200      | persistence: 5            | models[0].drift.persistence: must be at most persistenceOf (4), was 5
          minAccuracy: 0.8        | minAccuracy: 80           | models[1].gate.minAccuracy: must be a number from 0 to 1, was 80
          maxSize: 5 MB           | maxSize: 5                | models[1].gate.maxSize: must be a size such as 100 MB, was 5
          maxLatency: 20ms        | maxLatency: 0ms           | models[1].gate.maxLatency: must be longer, was "0ms"
          drift: {cooldown: 7d, minimumLabels: 200} | drift: 7d | models[0].drift: must be an object, was "7d"
          models:                 | modelz:                   | modelz: unknown key, did you mean models?
          """)
  void namesWhatIsWrongAndWhere(String good, String bad, String problem) throws Exception {
    String from = good.replace("\\n", "\n");
    String to = bad == null ? "" : bad.replace("{}", "").replace("\\n", "\n");
    assertThat(acme()).contains(from);

    assertThat(
            problems(
                acme()
                    .replaceFirst(
                        java.util.regex.Pattern.quote(from),
                        java.util.regex.Matcher.quoteReplacement(to))))
        .contains(problem.replace("''", "'"));
  }

  @Test
  void namesEverythingAtOnce() throws Exception {
    String bad =
        """
        organization: ACME
        scadaDbConfig: {host: h, port: 0, database: d, user: u, password: secret, tables: [t]}
        schemaConfig: {assetColumn: a, timeColumn: t, continuousColumns: [x], lagSeconds: [0]}
        models:
          - name: m
            target: {failureWithin: 24h}
            drift: {cooldown: x}
          - 5
        extra: 1
        """;

    assertThat(problems(bad))
        .containsExactly(
            "organization: must be 1 to 63 of a-z, 0-9 and -, not - at the ends, was \"ACME\"",
            "scadaDbConfig.port: must be a whole number from 1 to 65535, was 0",
            "scadaDbConfig.password: secrets do not belong in a definition: name the variable (passwordEnv) or file"
                + " (passwordFile)",
            "schemaConfig.lagSeconds[0]: lag must be 1 to 31622400 seconds, was 0",
            "models[0].target.failureWithin: needs schemaConfig.outcomes, which says where failures are recorded",
            "models[0].drift.cooldown: must be a duration such as 7d, was \"x\"",
            "models[1]: must be an object, was 5",
            "extra: unknown key, known are drift, models, organization, scadaDbConfig, schemaConfig");
  }

  @Test
  void neverRepeatsASecret() throws Exception {
    String bad =
        acme()
            .replace("passwordEnv: ANNEAL_SOURCE_ACME__SCADA_PASSWORD", "password: hunter2-canary");

    assertThat(problems(bad).toString()).doesNotContain("canary");
  }

  @Test
  void refusesAModelThatIsTooWide() throws Exception {
    var columns = new StringBuilder("c0");
    for (int i = 1; i < 3_000; i++) {
      columns.append(", c").append(i);
    }
    String wide =
        """
        organization: wide
        scadaDbConfig: {host: h, database: d, user: u, tables: [t]}
        schemaConfig:
          assetColumn: a
          timeColumn: t
          continuousColumns: [%s]
          rollingWindows: [5, 10]
          outcomes: {table: f, assetColumn: a, timeColumn: t}
        models: [{name: m, target: {failureWithin: 1h}}]
        """
            .formatted(columns);

    assertThat(problems(wide))
        .containsExactly("models[0].features: a model may have 16384 features, has 33001");
  }

  @Test
  void readsJsonAsYaml() throws Exception {
    String json = JSON.writeValueAsString(DocumentParser.yaml(acme()));

    assertThat(DefinitionReader.read(DocumentParser.json(json), DEFAULTS)).isEqualTo(read(acme()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a: 1\\na: 2            | line 2, column 1: found duplicate key a
          a: [1                  | line 1, column 6
          - 1                    | expected an object
          !!java.io.File [x]     | line 1, column 1
          ''                     | expected an object
          """)
  void saysWhereTheTextIsNoYaml(String text, String message) {
    assertThatThrownBy(() -> DocumentParser.yaml(text.replace("\\n", "\n")))
        .isInstanceOf(DocumentParser.Malformed.class)
        .hasMessageContaining(message);
  }

  @Test
  void refusesWhatIsTooLargeBeforeAnythingElseIsDoneWithIt() throws Exception {
    String acme = acme();

    assertThat(problems(acme.replaceFirst("assetColumn: ", "assetColumn: " + "a".repeat(1_001))))
        .singleElement(STRING)
        .startsWith("schemaConfig.assetColumn: must have at most 1000 characters, has ");
    assertThat(problems(acme + "\nextra: [" + "1,".repeat(10_000) + "1]"))
        .containsExactly("extra: has more than 10000 elements");
    assertThat(problems(acme + "\nextra: [" + ("x".repeat(900) + ",").repeat(600) + "x]"))
        .containsExactly("has more than 524288 characters in all its keys and texts");
    // six levels of three aliases each of 500 values
    var bomb = new StringBuilder(acme + "\nextra:\n  a0: &a0 [" + "1,".repeat(500) + "1]\n");
    for (int i = 1; i < 7; i++) {
      bomb.append("  a%1$d: &a%1$d [*a%2$d, *a%2$d, *a%2$d]%n".formatted(i, i - 1));
    }
    assertThat(problems(bomb.toString()))
        .singleElement(STRING)
        .startsWith("has more than 200000 values");
  }

  @Test
  void refusesAliasBombs() {
    var bomb = new StringBuilder("a0: &a0 [x, x]\n");
    for (int i = 1; i < 40; i++) {
      bomb.append("a%d: &a%d [*a%d, *a%d]\n".formatted(i, i, i - 1, i - 1));
    }

    assertThatThrownBy(() -> DocumentParser.yaml(bomb.toString()))
        .isInstanceOf(DocumentParser.Malformed.class);
  }
}
