package dev.anneal.modelstore;

/// An artifact that cannot be used: missing, damaged, or not the one that was asked for.
public final class ArtifactException extends RuntimeException {
  public ArtifactException(String message) {
    super(message);
  }

  public ArtifactException(String message, Throwable cause) {
    super(message, cause);
  }
}
