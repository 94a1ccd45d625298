package dev.anneal.modelstore;

/// ONNX Runtime failed because the process ends: its own shutdown hook takes its environment from
/// the models at work. Says nothing about a model; what was to be done is done after the next
/// start.
public final class ProcessEndingException extends RuntimeException {
  ProcessEndingException(Throwable cause) {
    super("the process ends, and ONNX Runtime with it: " + cause.getMessage(), cause);
  }
}
