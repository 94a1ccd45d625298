package dev.anneal.control.schedule;

import java.time.Instant;

/// A schedule fired.
///
/// @param caughtUp the time had passed unnoticed; this one stands for all that did
public record Tick(ModelSchedule schedule, Instant scheduledAt, boolean caughtUp) {}
