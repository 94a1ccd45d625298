/// Control: where people and programs say what they want and see what is.
///
/// In: definitions of organizations and models (REST), wishes for trainings, cancels and rollbacks
/// (REST), `anneal.model.lifecycle`, `anneal.drift`, `anneal.deployments`, `anneal.alerts`, and on
/// demand the dead letters of every stage. Out: the tables `control.organization` and
/// `control.model` that ingest captures, `anneal.schedule.ticks`, `anneal.train.requests`,
/// `anneal.train.cancels`, `anneal.deploy.commands`, and read models for `status`.
///
/// Promise: a document is applied as a whole or not at all, with every error named; a wish that was
/// accepted (202) is in Kafka; every due time of a schedule makes exactly one tick, missed ones are
/// made up for once. Until roles come the API answers on the loopback interface only.
@NullMarked
package dev.anneal.control;

import org.jspecify.annotations.NullMarked;
