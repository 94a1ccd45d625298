package dev.anneal.modelstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocalArtifactStoreTest {
  private static final ArtifactKey KEY =
      new ArtifactKey("acme", "pump-failure", "v2024-01-15T10-30-00-000Z_a1b2c3d4");
  private static final Map<String, byte[]> FILES =
      Map.of("model.onnx", bytes("a model"), "model_card.json", bytes("{}"));

  @TempDir Path root;

  @Test
  void readsBackWhatItWrote() {
    // Given
    var store = new LocalArtifactStore(root);
    var stored = store.write(KEY, FILES);
    // When
    var artifact = store.open(stored.uri(), stored.manifestSha256());
    // Then
    assertThat(artifact.key()).isEqualTo(KEY);
    assertThat(artifact.read("model.onnx")).isEqualTo(bytes("a model"));
    assertThat(stored.uri().toString()).startsWith("file:///").endsWith("/" + KEY);
    assertThat(stored.sizeBytes()).isEqualTo(9);
    assertThat(store.find(KEY)).contains(stored);
  }

  @Test
  void leavesNothingBesideTheVersion() throws IOException {
    new LocalArtifactStore(root).write(KEY, FILES);
    try (var children = Files.list(root.resolve("acme/pump-failure"))) {
      assertThat(children)
          .containsExactly(root.resolve("acme/pump-failure").resolve(KEY.version()));
    }
  }

  @Test
  void deletesWritesThatWereKilledMoreThanADayAgo() throws IOException {
    // Given
    Path model = Files.createDirectories(root.resolve("acme/pump-failure"));
    Path abandoned = Files.createDirectory(model.resolve(".writing-1"));
    Files.write(abandoned.resolve("model.onnx"), bytes("half a mo"));
    Path recent = Files.createDirectory(model.resolve(".writing-2"));
    var now = Files.getLastModifiedTime(recent).toInstant();
    Files.setLastModifiedTime(abandoned, FileTime.from(now.minus(Duration.ofHours(25))));
    Files.setLastModifiedTime(recent, FileTime.from(now.minus(Duration.ofHours(23))));
    // When
    new LocalArtifactStore(root).write(KEY, FILES);
    // Then
    try (var children = Files.list(model)) {
      assertThat(children).containsExactlyInAnyOrder(recent, model.resolve(KEY.version()));
    }
  }

  @Test
  void writesTheSameVersionTwiceButNeverAnother() {
    // Given
    var store = new LocalArtifactStore(root);
    var stored = store.write(KEY, FILES);
    // When, Then
    assertThat(store.write(KEY, FILES)).isEqualTo(stored);
    assertThatThrownBy(() -> store.write(KEY, Map.of("model.onnx", bytes("another"))))
        .isInstanceOf(ArtifactException.class)
        .hasMessageContaining("exists with other content");
    assertThat(store.open(stored.uri(), stored.manifestSha256()).read("model.onnx"))
        .isEqualTo(bytes("a model"));
  }

  @Test
  void refusesADamagedFile() throws IOException {
    // Given
    var store = new LocalArtifactStore(root);
    var stored = store.write(KEY, FILES);
    var artifact = store.open(stored.uri(), stored.manifestSha256());
    // When
    Files.write(Path.of(stored.uri()).resolve("model.onnx"), bytes("a mOdel"));
    // Then
    assertThatThrownBy(() -> artifact.read("model.onnx"))
        .isInstanceOf(ArtifactException.class)
        .hasMessageContaining("damaged: expected SHA-256");
    // When
    Files.write(Path.of(stored.uri()).resolve("model.onnx"), bytes("a mod"));
    // Then
    assertThatThrownBy(() -> artifact.read("model.onnx"))
        .hasMessageContaining("expected 7 bytes, found 5");
  }

  @Test
  void refusesAChangedManifest() throws IOException {
    var store = new LocalArtifactStore(root);
    var stored = store.write(KEY, FILES);
    Path manifest = Path.of(stored.uri()).resolve("manifest.json");
    Files.writeString(manifest, Files.readString(manifest) + " ");
    assertThatThrownBy(() -> store.open(stored.uri(), stored.manifestSha256()))
        .isInstanceOf(ArtifactException.class)
        .hasMessageContaining("is not the one asked for");
  }

  @Test
  void refusesAMissingArtifact() {
    var store = new LocalArtifactStore(root);
    assertThat(store.find(KEY)).isEmpty();
    assertThatThrownBy(() -> store.open(root.resolve(KEY.toString()).toUri(), "00"))
        .isInstanceOf(ArtifactException.class)
        .hasMessageContaining("cannot be read");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "file:///etc/passwd",
        "http://example.org/acme/pump-failure/v1",
        "file:%ROOT%/acme/pump-failure/v1/../../../../etc",
        "file:%ROOT%/acme/%2e%2e/v1",
        "file:%ROOT%/acme/pump-failure/",
        "file:%ROOT%/acme/pump-failure/v1/model.onnx",
        "file:%ROOT%/acme/PUMP/v1",
      })
  void readsNothingOutsideOfItsVersions(String uri) {
    var store = new LocalArtifactStore(root);
    var outside = URI.create(uri.replace("%ROOT%", root.toString()));
    assertThatThrownBy(() -> store.open(outside, "00"))
        .isInstanceOf(ArtifactException.class)
        .hasMessageContaining("is not an artifact of this store");
  }

  @ParameterizedTest
  @ValueSource(strings = {"../x", "v1/..", "V1", "", "v1.onnx", "v1\u0000"})
  void acceptsNoVersionThatIsAPath(String version) {
    assertThatThrownBy(() -> new ArtifactKey("acme", "pump-failure", version))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("version must match");
  }

  @ParameterizedTest
  @ValueSource(strings = {"../model.onnx", "manifest.json", "Model.onnx", "model", ".hidden.x"})
  void acceptsNoFileThatIsAPath(String file) {
    assertThatThrownBy(() -> new LocalArtifactStore(root).write(KEY, Map.of(file, bytes("x"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("artifact file must match");
  }

  @Test
  void saysWhenItCannotWrite() throws IOException {
    Path file = Files.writeString(root.resolve("acme"), "in the way");
    assertThatThrownBy(() -> new LocalArtifactStore(root).write(KEY, FILES))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("cannot be written");
    assertThat(file).hasContent("in the way");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
