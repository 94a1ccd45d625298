package dev.anneal.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.yaml.snakeyaml.Yaml;

/// Everything docker-compose.yml names exists in the build: services, Dockerfiles, main classes,
/// ports, variables, images.
class DockerComposeTest {
  private static final Path ROOT = Path.of("..");
  private static final Set<String> STAGES =
      Set.of("ingest", "feature-stream", "trainer", "deployer", "notifier", "control");
  private static final Pattern ENTRY =
      Pattern.compile("ENTRYPOINT .*\"(dev\\.anneal\\.[\\w.]+)\"]");

  private static Map<String, Map<String, Map<String, Object>>> compose() throws IOException {
    return new Yaml().load(Files.readString(ROOT.resolve("docker-compose.yml")));
  }

  private static Map<String, Map<String, Object>> services() throws IOException {
    return compose().get("services");
  }

  private static String variable(String service, String name) throws IOException {
    return String.valueOf(((Map<?, ?>) services().get(service).get("environment")).get(name));
  }

  static Stream<String> stages() {
    return STAGES.stream().sorted();
  }

  @Test
  void servicesAreTheStagesAndWhatTheyNeed() throws IOException {
    var expected = new HashSet<>(STAGES);
    expected.addAll(List.of("kafka", "postgres", "registry"));
    assertThat(services().keySet()).isEqualTo(expected);
  }

  @ParameterizedTest
  @MethodSource("stages")
  void dockerfileRunsTheStagesMain(String stage) throws Exception {
    var build = (Map<?, ?>) services().get(stage).get("build");
    assertThat(build.get("dockerfile")).isEqualTo(stage + "/Dockerfile");
    String dockerfile = Files.readString(ROOT.resolve(stage + "/Dockerfile"));

    Matcher entry = ENTRY.matcher(dockerfile);

    assertThat(entry.find()).isTrue();
    assertThat(Class.forName(entry.group(1)).getMethod("main", String[].class)).isNotNull();
    assertThat(dockerfile).contains("-pl %s -am".formatted(stage)).contains("eclipse-temurin:25");
  }

  @ParameterizedTest
  @MethodSource("stages")
  void variablesAreSettingsOfTheStage(String stage) throws Exception {
    var environment = (Map<?, ?>) services().get(stage).get("environment");
    Set<String> known = knownVariables(stage);
    for (Object name : environment.keySet()) {
      assertThat(known.contains(name.toString().replace("_", "")))
          .as("%s is a setting of %s", name, stage)
          .isTrue();
    }
  }

  /// Spring's own properties, the records of this stage's classes, and placeholders of its
  /// configuration file.
  private static Set<String> knownVariables(String stage) throws Exception {
    var known = new HashSet<String>();
    var metadata =
        DockerComposeTest.class
            .getClassLoader()
            .getResources("META-INF/spring-configuration-metadata.json");
    var mapper = new ObjectMapper();
    while (metadata.hasMoreElements()) {
      try (var in = metadata.nextElement().openStream()) {
        for (JsonNode property : mapper.readTree(in).path("properties")) {
          known.add(key(property.path("name").asText()));
        }
      }
    }
    for (Class<?> type : settings(stage)) {
      String prefix = type.getAnnotation(ConfigurationProperties.class).value();
      for (RecordComponent component : type.getRecordComponents()) {
        known.add(key(prefix + "." + component.getName()));
      }
    }
    try (var yml = DockerComposeTest.class.getClassLoader().getResourceAsStream(stage + ".yml")) {
      assertThat(yml).as(stage + ".yml").isNotNull();
      Matcher placeholders =
          Pattern.compile("\\$\\{([A-Z_]+)").matcher(new String(yml.readAllBytes()));
      while (placeholders.find()) {
        known.add(key(placeholders.group(1)));
      }
    }
    return known;
  }

  private static List<Class<?>> settings(String stage) {
    var packages = List.of("dev.anneal.stage", "dev.anneal." + stage.replace("-", ""));
    return new com.tngtech.archunit.core.importer.ClassFileImporter()
        .importPackages(packages).stream()
            .filter(c -> c.isAnnotatedWith(ConfigurationProperties.class))
            .<Class<?>>map(c -> c.reflect())
            .toList();
  }

  /// What is left of a property or variable when Spring compares the two.
  private static String key(String name) {
    return name.replaceAll("[-._]", "").toUpperCase(Locale.ROOT);
  }

  @Test
  void publishedPortsAreThoseTheStagesListenOn() throws IOException {
    for (var service : services().entrySet()) {
      if (STAGES.contains(service.getKey())) {
        for (Object port : (List<?>) service.getValue().getOrDefault("ports", List.of())) {
          String inside = port.toString().replaceAll(".*:", "");
          assertThat(
                  Files.readString(
                      ROOT.resolve("%1$s/src/main/resources/%1$s.yml".formatted(service.getKey()))))
              .as("%s listens on %s", service.getKey(), inside)
              .containsPattern("port:[^\\n]*" + inside);
        }
      }
    }
  }

  @Test
  void everyPublishedPortIsOnTheLoopbackInterface() throws IOException {
    var ports =
        services().values().stream()
            .flatMap(s -> ((List<?>) s.getOrDefault("ports", List.of())).stream())
            .toList();
    assertThat(ports)
        .isNotEmpty()
        .allSatisfy(p -> assertThat(p.toString()).startsWith("127.0.0.1:"));
  }

  @Test
  void registryHasADatabaseOfItsOwnThatPostgresMakes() throws IOException {
    String database = variable("registry", "APICURIO_DATASOURCE_URL").replaceAll(".*/", "");
    assertThat(database).isNotEqualTo(variable("postgres", "POSTGRES_DB"));
    var script = (Map<?, ?>) ((List<?>) services().get("postgres").get("configs")).getFirst();
    assertThat(script.get("target").toString()).startsWith("/docker-entrypoint-initdb.d/");
    assertThat(compose().get("configs").get(script.get("source").toString()).get("content"))
        .isEqualTo("create database %s;".formatted(database));
  }

  @ParameterizedTest
  @MethodSource("stages")
  void stagesHaveTheTimeToStop(String stage) throws IOException {
    String period = String.valueOf(services().get(stage).get("stop_grace_period"));
    assertThat(period).matches("\\d+s");
    assertThat(Integer.parseInt(period.replace("s", ""))).isGreaterThan(15);
  }

  @Test
  void everyServiceHasAMemoryLimit() throws IOException {
    for (String service : services().keySet()) {
      assertThat(limit(service)).isPositive();
    }
  }

  /// A process of its own for each, with its heap and as much again.
  @Test
  void trainersLimitHoldsItsHeapAndAllTrainingsAtOnce() throws Exception {
    var trainings =
        DataSize.parse(trainerDefault("memory")).toBytes()
            * 2
            * Integer.parseInt(trainerDefault("runsAtOnce"));
    Matcher share =
        Pattern.compile("MaxRAMPercentage=(\\d+)")
            .matcher(Files.readString(ROOT.resolve("trainer/Dockerfile")));
    assertThat(share.find()).isTrue();
    long heap = limit("trainer") * Integer.parseInt(share.group(1)) / 100;
    assertThat(limit("trainer")).isGreaterThanOrEqualTo(heap + trainings);
  }

  private static long limit(String service) throws IOException {
    String limit = String.valueOf(services().get(service).get("mem_limit"));
    assertThat(limit).as("mem_limit of %s", service).matches("\\d+[mg]");
    return DataSize.parse(limit.toUpperCase(Locale.ROOT) + "B").toBytes();
  }

  private static String trainerDefault(String setting) {
    return settings("trainer").stream()
        .flatMap(type -> Arrays.stream(type.getDeclaredConstructors()))
        .flatMap(constructor -> Arrays.stream(constructor.getParameters()))
        .filter(parameter -> parameter.getName().equals(setting))
        .map(parameter -> parameter.getAnnotation(DefaultValue.class).value()[0])
        .findFirst()
        .orElseThrow();
  }

  @Test
  void featureStreamsIdentityOutlivesItsContainer() throws IOException {
    String directory = variable("feature-stream", "ANNEAL_FEATURESTREAM_STATEDIRECTORY");
    var volume = ((List<?>) services().get("feature-stream").get("volumes")).getFirst().toString();
    assertThat(volume).matches("[\\w-]+:" + directory);
    assertThat(compose().get("volumes")).containsKey(volume.replaceAll(":.*", ""));
    assertThat(StageImagesTest.ownDirectories("feature-stream")).contains(directory);
    // instances of one service would fence each other by it
    assertThat(variable("feature-stream", "ANNEAL_FEATURESTREAM_INSTANCEID")).isEqualTo("null");
  }

  @Test
  void ingestGetsPasswordsThatAreNeitherInGitNorInImages() throws IOException {
    var file = (Map<?, ?>) ((List<?>) services().get("ingest").get("env_file")).getFirst();
    assertThat(file.get("required")).isEqualTo(false);
    String directory = ((List<?>) services().get("ingest").get("volumes")).getFirst().toString();
    assertThat(directory).matches("\\./[\\w-]+:/run/secrets:ro");
    for (Object name : List.of(file.get("path"), directory.replaceAll("\\./|:.*", ""))) {
      assertThat(Files.readAllLines(ROOT.resolve(".dockerignore"))).contains(name.toString());
      assertThat(Files.readAllLines(ROOT.resolve(".gitignore")))
          .anyMatch(line -> line.matches("/" + name + "/?"));
    }
  }

  @Test
  void controlFindsItsServersOnThePortsTheyPublish() throws IOException {
    for (var server :
        Map.of(
                "kafka", "SPRING_KAFKA_BOOTSTRAP_SERVERS",
                "registry", "ANNEAL_REGISTRY_URL",
                "postgres", "SPRING_DATASOURCE_URL")
            .entrySet()) {
      var ports = (List<?>) services().get(server.getKey()).get("ports");
      String published = ports.getFirst().toString().replaceAll(":\\d+$", "");
      assertThat(variable("control", server.getValue())).contains(published);
    }
  }

  @Test
  void imagesAreTheVersionsOfTheBuild() throws IOException {
    String pom = Files.readString(ROOT.resolve("pom.xml"));
    var versions = new Properties();
    Matcher property =
        Pattern.compile("<([\\w.-]+\\.version|zonky-binaries\\.version)>([^<]+)<").matcher(pom);
    while (property.find()) {
      versions.setProperty(property.group(1), property.group(2));
    }
    var images =
        Map.of(
            "kafka", "apache/kafka:" + versions.getProperty("kafka.version"),
            "registry", "apicurio/apicurio-registry:" + versions.getProperty("apicurio.version"),
            "postgres",
                "postgres:"
                    + versions.getProperty("zonky-binaries.version").replaceAll("\\..*", ""));
    for (var image : images.entrySet()) {
      assertThat(services().get(image.getKey()).get("image")).isEqualTo(image.getValue());
    }
  }

  @Test
  void servicesDependOnServicesThatSayWhenTheyAreHealthy() throws IOException {
    var services = services();
    for (var service : services.values()) {
      var needed = (Map<?, ?>) service.getOrDefault("depends_on", Map.of());
      assertThat(needed.keySet())
          .allSatisfy(
              n -> assertThat(services.get(n.toString())).as("%s", n).containsKey("healthcheck"));
    }
    assertThat(Arrays.asList("ingest", "control"))
        .allSatisfy(s -> assertThat(services.get(s)).containsKey("depends_on"));
  }
}
