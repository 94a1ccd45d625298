/// When a model is trained again: a pure state machine, `decide(state, input) → events` and
/// `apply(state, event) → state`. No Kafka, no Avro, no Spring, no clock: time is the data's. The
/// rules and their defaults stand in `docs/methods.md`.
///
/// In: [what is heard of one model][dev.anneal.policy.PolicyInput]: rows, drift reports, the loss's
/// rise, ticks, requests and their ends. Out: [requests for trainings, and the reasons
/// against][dev.anneal.policy.PolicyEvent]. Whoever keeps the
/// [state][dev.anneal.policy.RetrainingState] keeps what `apply` makes of each event.
@NullMarked
package dev.anneal.policy;

import org.jspecify.annotations.NullMarked;
