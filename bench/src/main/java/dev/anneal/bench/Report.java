package dev.anneal.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.NullNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a benchmark found: tables, goals, and what has to be known to read them.
public final class Report {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String title;
  private final Machine machine = Machine.here();
  private final List<Table> tables = new ArrayList<>();
  private final List<Goal> goals = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  public Report(String title) {
    this.title = title;
  }

  /// @return the table, to be filled
  public Table table(String name, String... columns) {
    var table = new Table(name, columns);
    tables.add(table);
    return table;
  }

  public void goal(Goal goal) {
    goals.add(goal);
  }

  public void note(String note) {
    notes.add(note);
  }

  String markdown() {
    var text = new StringBuilder("## %s%n%n%s%n%n".formatted(title, machine));
    tables.stream().filter(t -> !t.isEmpty()).forEach(t -> text.append(t.markdown()).append('\n'));
    if (!goals.isEmpty()) {
      text.append(goalTable().markdown()).append('\n');
    }
    notes.forEach(note -> text.append("- ").append(note).append('\n'));
    return text.toString();
  }

  private Table goalTable() {
    var table = new Table("Goals", "goal", "unit", "wanted", "measured", "met");
    for (var goal : goals) {
      String met = goal.isMet() ? "yes" : "**no**";
      table.add(goal.name(), goal.unit(), goal.wanted(), goal.value(), met);
    }
    return table;
  }

  /// `{"machine", "goals", "rows", "notes"}`.
  String json() {
    var object = new LinkedHashMap<String, Object>();
    object.put("benchmark", title);
    object.put("machine", machine.toJson());
    object.put("goals", goals.stream().map(Report::json).toList());
    object.put(
        "rows", tables.stream().flatMap(t -> t.json().stream()).map(Report::finite).toList());
    object.put("notes", notes);
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(object) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("texts and numbers are always JSON", e);
    }
  }

  private static Map<String, Object> json(Goal goal) {
    var object = new LinkedHashMap<String, Object>();
    object.put("name", goal.name());
    object.put("unit", goal.unit());
    object.put("goal", goal.goal());
    object.put("bound", goal.isAtMost() ? "at most" : "at least");
    object.put("value", goal.value());
    object.put("met", goal.isMet());
    return finite(object);
  }

  /// JSON has no NaN: what was not measured is null.
  private static Map<String, Object> finite(Map<String, Object> object) {
    object.replaceAll(
        (_, value) ->
            value instanceof Double d && !Double.isFinite(d) ? NullNode.getInstance() : value);
    return object;
  }
}
