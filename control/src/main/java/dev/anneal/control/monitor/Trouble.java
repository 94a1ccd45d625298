package dev.anneal.control.monitor;

import java.time.Instant;

/// An open alert about an organization as a whole: its capture does not run; or about a stage.
///
/// @param organization empty: a stage's
/// @param kind stable, e.g. `SOURCE_UNREACHABLE`
public record Trouble(
    String alertId, String organization, String kind, String reason, Instant since) {}
