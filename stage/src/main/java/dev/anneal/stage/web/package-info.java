/// What the stages with an HTTP API share: which requests reach a controller, and how errors look.
@NullMarked
package dev.anneal.stage.web;

import org.jspecify.annotations.NullMarked;
