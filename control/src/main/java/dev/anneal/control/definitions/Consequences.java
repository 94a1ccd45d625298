package dev.anneal.control.definitions;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a document that was applied means for its author: what differs from the one before, and
/// what has to happen until all of it is in force. Pure.
final class Consequences {
  private static final int DAY_SECONDS = 86_400;

  private Consequences() {}

  /// Where two documents differ, `models.pump-failure.retryAttempts: 3 → 4`; a model is called by
  /// its name, not by its place.
  static List<String> differences(Map<?, ?> before, Map<?, ?> after) {
    var differences = new ArrayList<String>();
    compare("", before, after, differences);
    return differences;
  }

  private static void compare(
      String path, @Nullable Object before, @Nullable Object after, List<String> differences) {
    if (Objects.equals(before, after)) {
      return;
    }
    var left = children(before);
    var right = children(after);
    if (left.isEmpty() || right.isEmpty()) {
      differences.add("%s: %s → %s".formatted(path, shown(before), shown(after)));
      return;
    }
    var names = new LinkedHashSet<>(left.get().keySet());
    names.addAll(right.get().keySet());
    for (String name : names) {
      String child = path.isEmpty() ? name : path + "." + name;
      compare(child, left.get().get(name), right.get().get(name), differences);
    }
  }

  /// What has names inside: an object, or a list of objects that have a name each.
  private static Optional<Map<String, @Nullable Object>> children(@Nullable Object value) {
    var children = new LinkedHashMap<String, @Nullable Object>();
    if (value instanceof Map<?, ?> map) {
      map.forEach((key, child) -> children.put(String.valueOf(key), child));
      return Optional.of(children);
    }
    if (value instanceof List<?> list && !list.isEmpty()) {
      for (Object element : list) {
        if (!(element instanceof Map<?, ?> map) || !(map.get("name") instanceof String name)) {
          return Optional.empty();
        }
        children.put(name, element);
      }
      return Optional.of(children);
    }
    return Optional.empty();
  }

  private static String shown(@Nullable Object value) {
    return value == null ? "not said" : Section.shown(value);
  }

  /// What follows for the organization's rows; empty: all of it is in force.
  ///
  /// @param before null: the organization is new
  static List<String> next(@Nullable OrganizationDefinition before, OrganizationDefinition after) {
    return before == null || database(before).equals(database(after))
        ? List.of()
        : List.of(
            "the source is another database: all its rows are read, and the slot in %s is dropped"
                .formatted(database(before)));
  }

  /// Whose log it is.
  private static String database(OrganizationDefinition organization) {
    var source = organization.source();
    return "%s:%d/%s".formatted(source.host(), source.port(), source.database());
  }

  /// What follows for a model; empty: all of it is in force.
  ///
  /// @param before null: the model is new
  static List<String> next(@Nullable ModelDefinition before, ModelDefinition after) {
    if (before == null) {
      return List.of(
          "%s: the first training comes by itself after %s days of rows with %d known labels, or by %s"
              .formatted(
                  after.model(),
                  days(after.drift().initialHistorySeconds()),
                  after.drift().minimumLabels(),
                  command(after)));
    }
    var next = new ArrayList<String>();
    if (!learned(before, after).equals(after)) {
      next.add(
          "%s: features, regimes, target and hyper-parameters take effect with the next training; until then what serves goes on as it is. Train now: %s"
              .formatted(after.model(), command(after)));
    }
    if (!before.drift().lossDetector().equals(after.drift().lossDetector())) {
      next.add(
          "%s: the loss detector begins anew: what %s has heard is forgotten"
              .formatted(after.model(), before.drift().lossDetector()));
    }
    if (farRanges(before) != farRanges(after)) {
      next.add(
          "%s: from where on sensors' values are far out of range holds for rows from now on"
              .formatted(after.model()));
    }
    return next;
  }

  private static double farRanges(ModelDefinition model) {
    return model.drift().sensorLimits().farRanges();
  }

  /// The definition before with all of the one after that needs no training.
  private static ModelDefinition learned(ModelDefinition before, ModelDefinition after) {
    return new ModelDefinition(
        before.organization(),
        before.model(),
        before.task(),
        before.failureWithinSeconds(),
        before.sensors(),
        before.lagSeconds(),
        before.rollingWindows(),
        before.features(),
        before.regimes(),
        after.failureProbability(),
        after.confidenceThreshold(),
        before.hyperparameters(),
        after.schedule(),
        after.retryAttempts(),
        after.notifyOnSuccess(),
        after.notifyOnFailure(),
        after.drift(),
        after.gate());
  }

  /// `14`, `0.5`.
  private static String days(long seconds) {
    return BigDecimal.valueOf(seconds)
        .divide(BigDecimal.valueOf(DAY_SECONDS), 2, RoundingMode.HALF_UP)
        .stripTrailingZeros()
        .toPlainString();
  }

  private static String command(ModelDefinition model) {
    return "./anneal train --org %s --model %s".formatted(model.organization(), model.model());
  }
}
