package dev.anneal.system.chaos;

import dev.anneal.events.LifecycleEvent;
import dev.anneal.events.ModelDeployed;
import dev.anneal.events.TrainRequest;
import dev.anneal.schemas.RowCodec;
import dev.anneal.schemas.Topics;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// Reads topics and tables and counts what is wrong.
final class Checker {
  private static final int SHOWN = 5;

  private final Site site;
  private final Journal rows;
  private final Journal requests;
  private final Set<String> examples = new TreeSet<>();

  Checker(Site site, Journal rows, Journal requests) {
    this.site = site;
    this.rows = rows;
    this.requests = requests;
  }

  private record Place(String asset, long eventTimeMicros) {
    static Place of(RowCodec.Row row) {
      return new Place(row.asset(), row.eventTimeMicros());
    }
  }

  /// Some of what the last count found wrong.
  Set<String> examples() {
    return Set.copyOf(examples);
  }

  Figures count() throws SQLException {
    examples.clear();
    try (var topics = new TopicReader(site.addresses());
        var plant = DriverManager.getConnection(site.addresses().jdbcUrl(Plant.DATABASE));
        var anneal = DriverManager.getConnection(site.addresses().jdbcUrl("anneal"))) {
      var committed = numbers(plant);
      var acknowledged = acknowledged();
      var expected = new HashSet<>(committed);
      expected.addAll(acknowledged);
      List<RowCodec.Row> telemetry = topics.telemetry();
      var delivered = telemetry.stream().map(Checker::number).collect(Collectors.toSet());
      var measured = telemetry.stream().map(Place::of).collect(Collectors.toSet());
      List<RowCodec.Row> features = topics.features();
      var computed = features.stream().map(Place::of).collect(Collectors.toSet());
      long lost = missing("row lost", expected, delivered);
      long withoutFeatures = missing("no features of", measured, computed);
      showDoubled(features);
      var ends = RequestEnds.of(topics.values(Topics.LIFECYCLE));
      Set<String> asked = requestIds(topics);
      return new Figures(
          expected.size(),
          lost,
          telemetry.size() - delivered.size(),
          computed.size(),
          withoutFeatures,
          features.size() - computed.size(),
          asked.size(),
          missing("request lost", new HashSet<>(requests.lines()), asked),
          having("request without an end", asked, ends, count -> count == 0),
          having("request with many ends", asked, ends, count -> count > 1),
          topics.values(Topics.LIFECYCLE).stream()
              .filter(e -> e.getEvent() instanceof ModelDeployed)
              .map(LifecycleEvent::getEventId)
              .distinct()
              .count(),
          Sql.count(
              anneal,
              "select count(*) from trainer.run where state in ('QUEUED', 'RUNNING', 'WAITING')"),
          Sql.count(anneal, "select count(*) from trainer.outbox where sent_at is null"));
    }
  }

  private static Set<Long> numbers(java.sql.Connection plant) throws SQLException {
    return new HashSet<>(Sql.longs(plant, "select number from readings"));
  }

  private Set<Long> acknowledged() {
    return rows.lines().stream()
        .flatMap(line -> Arrays.stream(line.split(" ")))
        .map(Long::valueOf)
        .collect(Collectors.toSet());
  }

  private static long number(RowCodec.Row row) {
    return (long) row.values()[Plant.SENSORS.indexOf("number")];
  }

  private <T> long missing(String what, Set<T> expected, Set<T> found) {
    var missing = expected.stream().filter(e -> !found.contains(e)).toList();
    missing.stream().limit(SHOWN).forEach(m -> examples.add(what + ": " + m));
    return missing.size();
  }

  private void showDoubled(List<RowCodec.Row> features) {
    var seen = new HashMap<Place, RowCodec.Row>();
    for (var row : features) {
      var before = seen.putIfAbsent(Place.of(row), row);
      if (before != null && examples.size() < 2 * SHOWN) {
        examples.add("feature row doubled: %s and %s".formatted(before, row));
      }
    }
  }

  private static Set<String> requestIds(TopicReader topics) {
    return topics.values(Topics.TRAIN_REQUESTS).stream()
        .map(TrainRequest::getRequestId)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private long having(
      String what, Set<String> asked, Map<String, Set<String>> ends, Predicate<Integer> count) {
    var found =
        asked.stream().filter(id -> count.test(ends.getOrDefault(id, Set.of()).size())).toList();
    found.stream().limit(SHOWN).forEach(id -> examples.add(what + ": " + id));
    return found.size();
  }
}
