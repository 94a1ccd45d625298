/// Read models: what happened to the models, told by the lifecycle, drift and deployments topics.
/// An event applied twice counts once.
@NullMarked
package dev.anneal.control.monitor;

import org.jspecify.annotations.NullMarked;
