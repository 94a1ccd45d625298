package dev.anneal.modelstore;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// The files of an artifact with their digests. Its own bytes are canonical (sorted names, no
/// times), so the SHA-256 of the manifest names the whole artifact.
///
/// @param files sorted by name
public record Manifest(String organization, String model, String version, List<Entry> files) {
  static final String FILE = "manifest.json";
  private static final Pattern FILE_NAME =
      Pattern.compile("[a-z0-9][a-z0-9_]{0,62}\\.[a-z0-9]{1,8}");

  /// One file.
  ///
  /// @param sha256 lower-case hex
  public record Entry(String name, String sha256, long sizeBytes) {
    public Entry {
      if (!FILE_NAME.matcher(name).matches() || name.equals(FILE)) {
        throw new IllegalArgumentException(
            "artifact file must match %s, was \"%s\"".formatted(FILE_NAME, name));
      }
    }
  }

  public Manifest {
    files = List.copyOf(files);
  }

  static Manifest of(ArtifactKey key, Map<String, byte[]> files) {
    var entries =
        new TreeMap<>(files)
            .entrySet().stream()
                .map(f -> new Entry(f.getKey(), Digests.sha256(f.getValue()), f.getValue().length))
                .toList();
    return new Manifest(key.organization(), key.model(), key.version(), entries);
  }

  ArtifactKey key() {
    return new ArtifactKey(organization, model, version);
  }

  long sizeBytes() {
    return files.stream().mapToLong(Entry::sizeBytes).sum();
  }

  byte[] toBytes() {
    try {
      return Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a manifest is always JSON", e);
    }
  }

  static Manifest from(byte[] bytes) {
    try {
      return Json.MAPPER.readValue(bytes, Manifest.class);
    } catch (IOException e) {
      throw new ArtifactException("the manifest is not one: " + e.getMessage(), e);
    }
  }
}
