package dev.anneal.system.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.anneal.events.DeadLetter;
import dev.anneal.events.Deployment;
import dev.anneal.schemas.Stage;
import dev.anneal.schemas.Topics;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/// What has to be true of a system that has settled, besides its figures.
final class Inspection {
  private static final ObjectMapper JSON = new ObjectMapper();

  /// Of a source that was away for a while; and of rows of a snapshot that come again, the first of
  /// each asset (decision 004).
  private static final Set<String> EXPECTED_CODES =
      Set.of("source-unreachable", "slot-in-use", "delivery-failed", "capture-failed", "late-row");

  private final Site site;
  private final List<String> violations = new ArrayList<>();

  private Inspection(Site site) {
    this.site = site;
  }

  /// @return a line for each thing that is wrong
  static List<String> of(Site site) throws IOException, InterruptedException {
    var inspection = new Inspection(site);
    try (var topics = new TopicReader(site.addresses());
        var http = HttpClient.newHttpClient()) {
      inspection.compareDeployment(topics, http);
      inspection.checkDeadLetters(topics);
      inspection.searchTopics(topics);
      inspection.searchAnswers(http);
    }
    inspection.searchFiles();
    inspection.searchProcesses();
    return inspection.violations;
  }

  private void compareDeployment(TopicReader topics, HttpClient http)
      throws IOException, InterruptedException {
    var newest =
        topics.values(Topics.DEPLOYMENTS).stream()
            .filter(d -> d.getModel().equals(Plant.MODEL))
            .reduce((_, later) -> later)
            .map(Deployment::getVersion)
            .orElse("");
    JsonNode info = JSON.readTree(get(http, infoAddress()));
    if (!info.path("version").asText().equals(newest)
        || !info.path("deployedVersion").asText().equals(newest)) {
      violations.add("the topic deploys '%s', /info says %s".formatted(newest, info));
    }
  }

  private String infoAddress() {
    return "%s/api/models/%s/info?organization=%s"
        .formatted(site.addresses().deployer(), Plant.MODEL, Plant.ORGANIZATION);
  }

  private void checkDeadLetters(TopicReader topics) {
    for (var stage : EnumSet.complementOf(EnumSet.of(Stage.CLIENT))) {
      for (DeadLetter letter : topics.values(Topics.deadLetters(stage))) {
        if (!EXPECTED_CODES.contains(letter.getCode())) {
          violations.add(
              "dead letter of %s: %s: %s"
                  .formatted(stage.id(), letter.getCode(), letter.getReason()));
        }
      }
    }
  }

  private void searchTopics(TopicReader topics) {
    for (String topic : topics.topics()) {
      topics.read(topic).stream()
          .flatMap(r -> Stream.of(r.key(), text(r.value())))
          .filter(Objects::nonNull)
          .forEach(text -> search("topic " + topic, text));
    }
  }

  private static String text(byte[] value) {
    return value == null ? "" : new String(value, StandardCharsets.ISO_8859_1);
  }

  private void searchAnswers(HttpClient http) throws IOException, InterruptedException {
    String control = site.addresses().control();
    var addresses =
        List.of(
            infoAddress(),
            control + "/health",
            control + "/api/status",
            control + "/api/events",
            control + "/api/deployments",
            control + "/api/deadletters",
            control + "/api/organizations",
            control + "/api/organizations/" + Plant.ORGANIZATION,
            control + "/api/training/history?organization=" + Plant.ORGANIZATION);
    for (String address : addresses) {
      search("answer of " + address, get(http, address));
    }
  }

  private static String get(HttpClient http, String address)
      throws IOException, InterruptedException {
    return http.send(
            HttpRequest.newBuilder(URI.create(address)).build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }

  /// Logs, wherever they are.
  private void searchFiles() throws IOException {
    try (var files = Files.walk(site.dataDirectory())) {
      var logs =
          files
              .filter(f -> f.getFileName().toString().matches(".*\\.log|log"))
              .filter(Files::isRegularFile);
      for (Path log : Stream.concat(logs, site.logs().stream()).toList()) {
        search("log " + log, text(Files.readAllBytes(log)));
      }
    }
  }

  private void searchProcesses() {
    site.processes().all().forEach(p -> search("ps, process " + p.pid(), p.command()));
  }

  private void search(String where, String text) {
    for (String canary : List.of(Site.PASSWORD, Site.SLACK_TOKEN, site.addresses().password())) {
      if (text.contains(canary)) {
        violations.add("%s contains the secret %s".formatted(where, canary));
      }
    }
  }
}
