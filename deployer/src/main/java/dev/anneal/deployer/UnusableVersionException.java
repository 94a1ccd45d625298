package dev.anneal.deployer;

/// A version that cannot score: its artifact is missing or damaged, or its ONNX is refused.
final class UnusableVersionException extends RuntimeException {
  UnusableVersionException(String message) {
    super(message);
  }

  UnusableVersionException(RuntimeException cause) {
    super(String.valueOf(cause.getMessage()), cause);
  }
}
