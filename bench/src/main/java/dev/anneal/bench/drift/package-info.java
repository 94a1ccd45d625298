/// How often drift is called where there is none, and how soon where there is: Anneal's verdict and
/// retraining policy beside the usual rules, and the stream detectors beside each other.
@NullMarked
package dev.anneal.bench.drift;

import org.jspecify.annotations.NullMarked;
