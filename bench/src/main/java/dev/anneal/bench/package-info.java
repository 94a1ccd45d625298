/// Benchmarks: `./anneal bench features|drift|retraining`.
///
/// In: nothing but this machine; the weather data where it is there. Out: a report of tables and
/// goals, as Markdown and as JSON. `docs/benchmarks.md` says what each measures and how.
///
/// Promise: what is measured is the product's own code with its own settings; peers are written as
/// well as we know how, and read the same input. A goal that is missed is shown, and is no failure.
@NullMarked
package dev.anneal.bench;

import org.jspecify.annotations.NullMarked;
