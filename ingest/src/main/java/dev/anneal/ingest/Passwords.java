package dev.anneal.ingest;

import dev.anneal.schemas.SourceRules;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Finds the password a definition names, among those of its organization only ([SourceRules]).
/// Asked at every try, so that a new password needs no restart.
final class Passwords {
  /// Bytes of a file: none of a password's is longer.
  private static final int LONGEST = 4_096;

  private final UnaryOperator<@Nullable String> variables;
  private final Path secrets;

  /// @param variables the value of an environment variable, null where it is not set
  /// @param secrets has a directory for each organization
  Passwords(UnaryOperator<@Nullable String> variables, Path secrets) {
    this.variables = variables;
    this.secrets = secrets;
  }

  /// @return empty where the definition names neither variable nor file: the server trusts the user
  /// @throws CaptureException when the definition may not name the variable or file, or it is not
  ///     there
  String of(String organization, ScadaSource source) {
    String variable = source.passwordEnv();
    if (variable != null) {
      return ofVariable(organization, variable);
    }
    String file = source.passwordFile();
    return file == null ? "" : ofFile(organization, file);
  }

  private String ofVariable(String organization, String variable) {
    if (!SourceRules.isPasswordVariable(organization, variable)) {
      throw CaptureException.forbidden(
          organization, "passwordEnv", SourceRules.passwordVariable(organization));
    }
    String value = variables.apply(variable);
    if (value == null) {
      throw unset("environment variable %s is not set where ingest runs".formatted(variable), null);
    }
    return value;
  }

  private String ofFile(String organization, String file) {
    if (!SourceRules.isPasswordFile(file)) {
      throw CaptureException.forbidden(organization, "passwordFile", SourceRules.PASSWORD_FILE);
    }
    Path path = secrets.resolve(organization).resolve(file);
    try {
      if (!path.toRealPath().startsWith(secrets.toRealPath().resolve(organization))) {
        throw CaptureException.forbidden(
            organization, "passwordFile", "must not be a link to outside of " + path.getParent());
      }
      return read(path);
    } catch (IOException e) {
      throw unset("file %s cannot be read where ingest runs".formatted(path), e);
    }
  }

  private static String read(Path path) throws IOException {
    if (!Files.isRegularFile(path)) {
      throw new IOException("no regular file");
    }
    byte[] bytes;
    try (var in = Files.newInputStream(path)) {
      bytes = in.readNBytes(LONGEST + 1);
    }
    String text = new String(bytes, StandardCharsets.UTF_8).strip();
    if (bytes.length > LONGEST || text.chars().anyMatch(Character::isISOControl)) {
      throw unset("file %s must have one line of at most %d bytes".formatted(path, LONGEST), null);
    }
    return text;
  }

  private static CaptureException unset(String reason, @Nullable IOException cause) {
    return new CaptureException(
        CaptureException.Code.SOURCE_PASSWORD_UNSET, "the password's " + reason, cause);
  }
}
