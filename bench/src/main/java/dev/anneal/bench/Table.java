package dev.anneal.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// One table of a report. Cells are texts or numbers.
public final class Table {
  private final String name;
  private final List<String> columns;
  private final List<List<Object>> rows = new ArrayList<>();

  public Table(String name, String... columns) {
    this.name = name;
    this.columns = List.of(columns);
  }

  /// @param cells one for each column
  public void add(Object... cells) {
    if (cells.length != columns.size()) {
      throw new IllegalArgumentException(
          "table %s has %d columns, the row %d cells"
              .formatted(name, columns.size(), cells.length));
    }
    rows.add(List.of(cells));
  }

  public boolean isEmpty() {
    return rows.isEmpty();
  }

  String markdown() {
    var text = new StringBuilder("### %s%n%n".formatted(name));
    line(text, columns);
    line(text, columns.stream().map(c -> c.equals(columns.getFirst()) ? "---" : "---:").toList());
    rows.forEach(row -> line(text, row.stream().map(Table::text).toList()));
    return text.toString();
  }

  private static void line(StringBuilder text, List<String> cells) {
    text.append("| ").append(String.join(" | ", cells)).append(" |\n");
  }

  private static String text(Object cell) {
    return cell instanceof Number number ? Numbers.text(number.doubleValue()) : cell.toString();
  }

  /// One object a row, with the table's name.
  List<Map<String, Object>> json() {
    var objects = new ArrayList<Map<String, Object>>();
    for (var row : rows) {
      var object = new LinkedHashMap<String, Object>();
      object.put("table", name);
      for (int i = 0; i < row.size(); i++) {
        object.put(columns.get(i), row.get(i));
      }
      objects.add(object);
    }
    return objects;
  }
}
