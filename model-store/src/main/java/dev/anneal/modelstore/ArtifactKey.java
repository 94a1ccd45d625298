package dev.anneal.modelstore;

import dev.anneal.schemas.Names;
import java.util.regex.Pattern;

/// Which artifact: one version of one model of one organization. The names become directories, so
/// they are checked here and nowhere else.
public record ArtifactKey(String organization, String model, String version) {
  /// `v2024-01-15T10-30-00-000Z_a1b2c3d4`; no dots and no separators, so that it cannot leave its
  /// directory.
  private static final Pattern VERSION = Pattern.compile("v[0-9A-Za-z][0-9A-Za-z_-]{0,62}");

  public ArtifactKey {
    requireIdentifier("organization", organization);
    requireIdentifier("model", model);
    if (!VERSION.matcher(version).matches()) {
      throw new IllegalArgumentException(
          "version must match %s, was \"%s\"".formatted(VERSION, version));
    }
  }

  private static void requireIdentifier(String what, String name) {
    if (!Names.isIdentifier(name)) {
      throw new IllegalArgumentException(
          "%s must match %s, was \"%s\"".formatted(what, Names.IDENTIFIER, name));
    }
  }

  /// `acme/pump-failure/v2024-01-15T10-30-00-000Z_a1b2c3d4`.
  @Override
  public String toString() {
    return organization + "/" + model + "/" + version;
  }
}
