package dev.anneal.ingest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Finds the password a definition names. Asked at every try, so that a new password needs no
/// restart.
final class Passwords {
  private final UnaryOperator<@Nullable String> variables;

  /// @param variables the value of an environment variable, null where it is not set
  Passwords(UnaryOperator<@Nullable String> variables) {
    this.variables = variables;
  }

  /// @return empty where the definition names neither variable nor file: the server trusts the user
  /// @throws CaptureException when the variable or file is not there
  String of(ScadaSource source) {
    String variable = source.passwordEnv();
    if (variable != null) {
      String value = variables.apply(variable);
      if (value == null) {
        throw unset(
            "environment variable %s is not set where ingest runs".formatted(variable), null);
      }
      return value;
    }
    String file = source.passwordFile();
    if (file == null) {
      return "";
    }
    try {
      return Files.readString(Path.of(file)).strip();
    } catch (IOException e) {
      throw unset("file %s cannot be read where ingest runs".formatted(file), e);
    }
  }

  private static CaptureException unset(String reason, @Nullable IOException cause) {
    return new CaptureException(
        CaptureException.Code.SOURCE_PASSWORD_UNSET, "the password's " + reason, cause);
  }
}
