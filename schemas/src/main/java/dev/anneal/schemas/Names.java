package dev.anneal.schemas;

import java.util.regex.Pattern;

/// What organizations, models, sensors and features may be called: names become topics, fields and
/// directories.
public final class Names {
  /// Organizations and models: `acme`, `pump-failure`.
  public static final Pattern IDENTIFIER = Pattern.compile("[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?");

  /// Sensors and features: `temperature`, `vibration_std_10`.
  public static final Pattern FIELD = Pattern.compile("[a-z][a-z0-9_]{0,62}");

  private Names() {}

  public static boolean isIdentifier(String name) {
    return IDENTIFIER.matcher(name).matches();
  }

  public static boolean isField(String name) {
    return FIELD.matcher(name).matches();
  }
}
