package dev.anneal.control;

import dev.anneal.control.definitions.ModelDefaults;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// @param schedule trainings by the clock
/// @param defaults of models that do not say otherwise
@ConfigurationProperties("anneal.control")
record ControlSettings(@DefaultValue Schedule schedule, ModelDefaults defaults) {
  /// @param enabled false: no ticks from this instance (`TRAINING_SCHEDULE_ENABLED`)
  /// @param pollInterval how late a tick may be
  /// @param reconcileInterval after which a schedule changed by another instance is known at the
  ///     latest
  record Schedule(
      @DefaultValue("true") boolean enabled,
      @DefaultValue("5s") Duration pollInterval,
      @DefaultValue("1m") Duration reconcileInterval) {
    private static final Duration SHORTEST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofHours(1);

    Schedule {
      require("poll-interval", pollInterval);
      require("reconcile-interval", reconcileInterval);
    }

    private static void require(String name, Duration value) {
      if (value.compareTo(SHORTEST) < 0 || value.compareTo(LONGEST) > 0) {
        throw new IllegalArgumentException(
            "anneal.control.schedule.%s must be in [%s, %s], was %s"
                .formatted(name, SHORTEST, LONGEST, value));
      }
    }
  }
}
