package dev.anneal.system.chaos;

import dev.anneal.events.CommandRejected;
import dev.anneal.events.LifecycleEvent;
import dev.anneal.events.ModelDeployed;
import dev.anneal.events.ModelRejected;
import dev.anneal.events.TrainingCancelled;
import dev.anneal.events.TrainingFailed;
import dev.anneal.events.TrainingQueued;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// How requests ended, by the lifecycle.
final class RequestEnds {
  private RequestEnds() {}

  /// @return ids of the events that end each request; an event that is published again keeps its id
  static Map<String, Set<String>> of(List<LifecycleEvent> events) {
    var ends = new HashMap<String, Set<String>>();
    for (var event : events) {
      String request =
          event.getEvent() instanceof CommandRejected rejected
              ? rejected.getCommandId()
              : event.getRequestId();
      if (request != null && isEnd(event)) {
        ends.computeIfAbsent(request, _ -> new TreeSet<>()).add(event.getEventId());
      }
    }
    return ends;
  }

  private static boolean isEnd(LifecycleEvent event) {
    return switch (event.getEvent()) {
      case TrainingQueued queued -> queued.getCoalescedInto() != null;
      case TrainingFailed failed -> !failed.getWillRetry();
      case TrainingCancelled _, ModelDeployed _, ModelRejected _, CommandRejected _ -> true;
      default -> false;
    };
  }
}
