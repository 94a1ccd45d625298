/// What every stage needs of Spring and Kafka and would otherwise write again: publishers,
/// listeners and tables by the topic catalogue, dead letters, topics made at start.
///
/// Promise: a record handed to a listener is either applied, or in `anneal.deadletters.<stage>`
/// with its reason, or tried again until one of both; a stage cannot touch a topic that the
/// catalogue does not give it.
@NullMarked
package dev.anneal.stage;

import org.jspecify.annotations.NullMarked;
