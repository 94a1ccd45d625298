/// Features, drift and the retraining policy, on one Kafka Streams instance.
///
/// In: telemetry, predictions and outcomes of every organization, definitions, deployments,
/// lifecycle events and schedule ticks. Out: one feature row per telemetry row and model, drift
/// reports and retraining decisions, train requests; what cannot be used goes to the stage's dead
/// letters.
///
/// Promise: features of a row depend only on the asset's rows up to it, so a restart or a
/// rebalance changes no bit of them. With exactly-once a row is counted once for drift, but for
/// lengths of runs of equal sensor values, which a rebuild begins anew; with at-least-once a
/// crash may count rows twice. Of one model the policy never has two requests in flight, and a
/// replay asks with the same ids.
@NullMarked
package dev.anneal.featurestream;

import org.jspecify.annotations.NullMarked;
