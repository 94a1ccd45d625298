package dev.anneal.featurestream;

import java.util.List;

/// An organization as far as features need it.
///
/// @param sensors mapped names, the order of the values of its telemetry here
record Organization(String name, List<String> sensors) {
  Organization {
    sensors = List.copyOf(sensors);
  }
}
