package dev.anneal.modelstore;

/// An ONNX model that must not be loaded.
public final class OnnxRefusedException extends RuntimeException {
  OnnxRefusedException(String message) {
    super(message);
  }

  OnnxRefusedException(String message, Throwable cause) {
    super(message, cause);
  }
}
