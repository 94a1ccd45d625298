/// The trainer: training requests in, trained models and their story out.
///
/// In: `train.requests`, `train.cancels`, `models`, and for each run `telemetry.<org>` and
/// `outcomes.<org>` up to a cut. Out: `model.lifecycle`, and artifacts in the store.
///
/// Promise: a request accepted is never lost and ends exactly once, whatever is killed when. A
/// request becomes a row before its offset is committed; a run is held by a lease with heartbeats;
/// each attempt carries a number that every later write must name; the artifact is written first,
/// then the run's end and its event in one transaction, then the event is published.
@NullMarked
package dev.anneal.trainer;

import org.jspecify.annotations.NullMarked;
