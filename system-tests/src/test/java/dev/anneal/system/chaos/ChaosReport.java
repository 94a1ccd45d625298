package dev.anneal.system.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// `report.jsonl`: a line per fault and per seed, appended as they come; `summary.json`: their
/// sums, rewritten after each seed. A seed with a line of figures is done. Runs of other seeds may
/// write to it meanwhile.
final class ChaosReport {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Journal lines;
  private final Path summary;

  ChaosReport(Path directory) {
    this.lines = new Journal(directory.resolve("report.jsonl"));
    this.summary = directory.resolve("summary.json");
  }

  Set<Long> seedsDone() throws IOException {
    return parsed(lines.lines()).stream()
        .filter(line -> line.has("figures"))
        .map(line -> line.path("seed").asLong())
        .collect(Collectors.toSet());
  }

  /// What an earlier try of the seed did counts no more.
  void begin(long seed) {
    lines.append(JSON.createObjectNode().put("seed", seed).put("begins", true).toString());
  }

  void fault(long seed, Fault fault, String note, long millis) {
    lines.append(
        JSON.createObjectNode()
            .put("seed", seed)
            .put("fault", fault.kind().name())
            .put("moment", fault.moment().name())
            .put("detail", fault.detail())
            .put("note", note)
            .put("millisUntilRecovered", millis)
            .toString());
  }

  /// @param millis until nothing was on its way
  void seed(long seed, Figures figures, List<String> violations, long millis) throws IOException {
    ObjectNode line = JSON.createObjectNode().put("seed", seed).put("millisUntilSettled", millis);
    line.set("figures", JSON.valueToTree(figures));
    line.set("violations", JSON.valueToTree(violations));
    lines.append(line.toString());
    summarize();
  }

  /// Faults that did not happen are counted aside.
  private void summarize() throws IOException {
    var faults = new TreeMap<String, Long>();
    var figures = new TreeMap<String, Long>();
    long seeds = 0;
    ObjectNode result = JSON.createObjectNode();
    var violations = result.putArray("violations");
    var bySeed = new HashMap<Long, List<String>>();
    for (JsonNode line : parsed(lines.lines())) {
      long seed = line.path("seed").asLong();
      if (line.has("begins")) {
        bySeed.put(seed, new ArrayList<>());
      }
      if (line.has("fault")) {
        bySeed.computeIfAbsent(seed, _ -> new ArrayList<>()).add(kind(line));
      }
      if (line.has("figures")) {
        seeds++;
        bySeed.getOrDefault(seed, List.of()).forEach(kind -> faults.merge(kind, 1L, Long::sum));
        line.path("figures")
            .properties()
            .forEach(f -> figures.merge(f.getKey(), f.getValue().asLong(), Long::sum));
        line.path("violations").forEach(v -> violations.add("seed " + seed + ": " + v.asText()));
      }
    }
    result.put("seeds", seeds);
    result.put(
        "faultsInAll",
        faults.entrySet().stream()
            .filter(f -> !f.getKey().startsWith("did not happen"))
            .mapToLong(Map.Entry::getValue)
            .sum());
    result.set("faults", JSON.valueToTree(faults));
    result.set("figures", JSON.valueToTree(figures));
    Files.writeString(summary, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(result));
  }

  private static String kind(JsonNode line) {
    String kind = line.path("fault").asText();
    String note = line.path("note").asText();
    boolean happened =
        Stream.of("skipped", "not reached", "0 processes").noneMatch(note::startsWith);
    return happened ? kind : "did not happen: " + kind;
  }

  private static List<JsonNode> parsed(List<String> lines) throws IOException {
    var parsed = new ArrayList<JsonNode>();
    for (String line : lines) {
      parsed.add(JSON.readTree(line));
    }
    return parsed;
  }
}
