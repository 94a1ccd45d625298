package dev.anneal.ingest;

import dev.anneal.stage.Redaction;
import java.io.IOException;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.util.Locale;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/// A capture ended and will be tried again. [#code] says of what kind the cause is.
final class CaptureException extends RuntimeException {
  /// Kinds of causes. Stable: codes of dead letters and kinds of alerts.
  enum Code {
    SOURCE_CREDENTIALS,
    SOURCE_FORBIDDEN,
    SOURCE_PASSWORD_UNSET,
    SOURCE_DATABASE_UNKNOWN,
    SOURCE_UNREACHABLE,
    SOURCE_PERMISSION,
    SOURCE_TABLES_MISSING,
    SOURCE_COLUMNS_MISSING,
    SOURCE_TABLES_INHERITED,
    SOURCE_PUBLICATION,
    SLOT_IN_USE,
    DELIVERY_FAILED,
    CAPTURE_FAILED;

    /// Whether somebody has to change something: it does not pass by itself.
    boolean isLasting() {
      return switch (this) {
        case SOURCE_CREDENTIALS,
            SOURCE_PASSWORD_UNSET,
            SOURCE_DATABASE_UNKNOWN,
            SOURCE_PERMISSION,
            SOURCE_TABLES_MISSING,
            SOURCE_COLUMNS_MISSING,
            SOURCE_TABLES_INHERITED,
            SOURCE_PUBLICATION,
            SOURCE_FORBIDDEN ->
            true;
        case SOURCE_UNREACHABLE, SLOT_IN_USE, DELIVERY_FAILED, CAPTURE_FAILED -> false;
      };
    }

    String id() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  private final Code code;

  CaptureException(Code code, String reason, @Nullable Throwable cause) {
    super(reason, cause);
    this.code = code;
  }

  CaptureException(Code code, String reason) {
    this(code, reason, null);
  }

  /// The definition names what it may not name.
  static CaptureException forbidden(String organization, String key, String rule) {
    return new CaptureException(
        Code.SOURCE_FORBIDDEN,
        "scadaDbConfig.%s of %s %s; change the definition and apply it again"
            .formatted(key, organization, rule));
  }

  Code code() {
    return code;
  }

  /// The innermost cause that is known decides.
  static CaptureException of(Throwable failure) {
    Code code = Code.CAPTURE_FAILED;
    Throwable root = failure;
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof CaptureException known) {
        return known;
      }
      Code found = code(cause);
      if (found != Code.CAPTURE_FAILED) {
        code = found;
      }
      root = cause;
    }
    return new CaptureException(code, reason(root), failure);
  }

  private static String reason(Throwable root) {
    if (root instanceof UnknownHostException) {
      return "the host %s is not known".formatted(Redaction.of(root));
    }
    return Redaction.of(root);
  }

  private static Code code(Throwable cause) {
    return switch (cause) {
      case SQLException sql when sql.getSQLState() != null -> ofState(sql.getSQLState());
      case KafkaException _
          when cause.getClass().getPackageName().startsWith("org.apache.kafka.common") ->
          Code.DELIVERY_FAILED;
      case IOException _ -> Code.SOURCE_UNREACHABLE;
      default -> Code.CAPTURE_FAILED;
    };
  }

  /// See "PostgreSQL Error Codes" in its manual.
  private static Code ofState(String state) {
    return switch (state) {
      case "28P01", "28000" -> Code.SOURCE_CREDENTIALS;
      case "3D000" -> Code.SOURCE_DATABASE_UNKNOWN;
      case "42501" -> Code.SOURCE_PERMISSION;
      case "55006" -> Code.SLOT_IN_USE;
      case "57P01", "57P02", "57P03" -> Code.SOURCE_UNREACHABLE;
      default -> state.startsWith("08") ? Code.SOURCE_UNREACHABLE : Code.CAPTURE_FAILED;
    };
  }
}
