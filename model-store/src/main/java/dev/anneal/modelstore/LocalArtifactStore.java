package dev.anneal.modelstore;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Artifacts as directories `<root>/<organization>/<model>/<version>/` of a local or shared file
/// system. A version is written beside its place, forced to disk and renamed: a reader sees all of
/// it or nothing, also after a power cut.
public final class LocalArtifactStore implements ArtifactStore {
  private static final String WRITING = ".writing-";

  /// A write is taken for abandoned after it.
  private static final Duration LONGEST_WRITE = Duration.ofDays(1);

  private final Path root;

  public LocalArtifactStore(Path root) {
    this.root = root.toAbsolutePath().normalize();
  }

  @Override
  public Stored write(ArtifactKey key, Map<String, byte[]> files) {
    var manifest = Manifest.of(key, files);
    byte[] manifestBytes = manifest.toBytes();
    var stored = new Stored(uri(key), Digests.sha256(manifestBytes), manifest.sizeBytes());
    if (!isSame(key, stored)) {
      var content = new HashMap<>(files);
      content.put(Manifest.FILE, manifestBytes);
      try {
        write(key, stored, content);
      } catch (IOException e) {
        throw new UncheckedIOException(
            "artifact %s cannot be written to %s".formatted(key, root), e);
      }
    }
    return stored;
  }

  private void write(ArtifactKey key, Stored stored, Map<String, byte[]> content)
      throws IOException {
    Path directory = directory(key);
    Path parent = Files.createDirectories(directory.getParent());
    Path temporary = Files.createTempDirectory(parent, WRITING);
    try {
      deleteAbandoned(parent, temporary);
      for (var file : content.entrySet()) {
        writeForced(temporary.resolve(file.getKey()), file.getValue());
      }
      force(temporary);
      Files.move(temporary, directory, StandardCopyOption.ATOMIC_MOVE);
      force(parent);
    } catch (FileAlreadyExistsException | DirectoryNotEmptyException e) {
      // another process was first
      if (!isSame(key, stored)) {
        throw e;
      }
    } finally {
      delete(temporary);
    }
  }

  /// Writes that were killed. Ages are by the file system's own clock: that of the directory just
  /// made.
  private static void deleteAbandoned(Path parent, Path newest) throws IOException {
    Instant before = Files.getLastModifiedTime(newest).toInstant().minus(LONGEST_WRITE);
    try (var children = Files.newDirectoryStream(parent, WRITING + "*")) {
      for (Path child : children) {
        if (isOlder(child, before)) {
          delete(child);
        }
      }
    }
  }

  private static boolean isOlder(Path file, Instant time) throws IOException {
    try {
      return Files.getLastModifiedTime(file).toInstant().isBefore(time);
    } catch (NoSuchFileException _) {
      return false; // another write has ended
    }
  }

  /// Whether the version is there with this content; with another content is an error.
  private boolean isSame(ArtifactKey key, Stored stored) {
    var existing = find(key);
    existing
        .filter(e -> !e.manifestSha256().equals(stored.manifestSha256()))
        .ifPresent(
            e -> {
              throw new ArtifactException(
                  "artifact %s exists with other content: its manifest has SHA-256 %s, the new one %s"
                      .formatted(key, e.manifestSha256(), stored.manifestSha256()));
            });
    return existing.isPresent();
  }

  @Override
  public Optional<Stored> find(ArtifactKey key) {
    Path file = directory(key).resolve(Manifest.FILE);
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    byte[] bytes = manifestBytes(file);
    long size = Manifest.from(bytes).sizeBytes();
    return Optional.of(new Stored(uri(key), Digests.sha256(bytes), size));
  }

  @Override
  public Artifact open(URI uri, String manifestSha256) {
    Path directory = directory(uri);
    byte[] bytes = manifestBytes(directory.resolve(Manifest.FILE));
    String found = Digests.sha256(bytes);
    if (!found.equals(manifestSha256)) {
      throw new ArtifactException(
          "artifact %s is not the one asked for: expected a manifest with SHA-256 %s, found %s"
              .formatted(uri, manifestSha256, found));
    }
    var manifest = Manifest.from(bytes);
    if (!directory.equals(directory(manifest.key()))) {
      throw new ArtifactException("artifact %s says that it is %s".formatted(uri, manifest.key()));
    }
    return new Artifact(directory, manifest);
  }

  private static byte[] manifestBytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new ArtifactException("%s cannot be read: %s".formatted(file, e), e);
    }
  }

  /// Without the slash that a path gets once it is a directory.
  private URI uri(ArtifactKey key) {
    return URI.create(root.toUri().toString().replaceFirst("/$", "") + "/" + key);
  }

  private Path directory(ArtifactKey key) {
    return root.resolve(key.organization()).resolve(key.model()).resolve(key.version());
  }

  /// The directory that a URI of this store names: nothing but organization/model/version below the
  /// root.
  private Path directory(URI uri) {
    try {
      if (!"file".equals(uri.getScheme())) {
        throw new IllegalArgumentException("scheme must be file");
      }
      Path relative = root.relativize(Path.of(uri).normalize());
      if (relative.getNameCount() != 3) {
        throw new IllegalArgumentException(
            "it is not <organization>/<model>/<version> below " + root);
      }
      return directory(
          new ArtifactKey(
              relative.getName(0).toString(),
              relative.getName(1).toString(),
              relative.getName(2).toString()));
    } catch (IllegalArgumentException e) {
      throw new ArtifactException(
          "%s is not an artifact of this store: %s".formatted(uri, e.getMessage()), e);
    }
  }

  private static void writeForced(Path file, byte[] bytes) throws IOException {
    try (var channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      var buffer = ByteBuffer.wrap(bytes);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      channel.force(true);
    }
  }

  /// A rename is durable only once its directory is.
  private static void force(Path directory) throws IOException {
    try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static void delete(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (var paths = Files.walk(directory)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
