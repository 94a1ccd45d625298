package dev.anneal.modelstore;

import dev.anneal.schemas.Temporary;

/// ONNX Runtime failed because the process ends: its own shutdown hook takes its environment from
/// the models at work. Says nothing about a model; what was to be done is done after the next
/// start.
public final class ProcessEndingException extends RuntimeException implements Temporary {
  ProcessEndingException(Throwable cause) {
    super("the process ends, and ONNX Runtime with it: " + cause.getMessage(), cause);
  }
}
