/// When to train again: Anneal's policy, training and gate beside a model that stays and one that
/// is trained on a schedule, each tested on every row before it learns from it.
@NullMarked
package dev.anneal.bench.retraining;

import org.jspecify.annotations.NullMarked;
