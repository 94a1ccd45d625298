package dev.anneal.deployer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.anneal.modelstore.LocalArtifactStore;
import dev.anneal.schemas.ModelKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServingModelsTest {
  private static final float[] HOT = {90, 1};

  @TempDir private Path directory;
  private LocalArtifactStore store;
  private ServingModels serving;

  @BeforeEach
  void open() {
    store = new LocalArtifactStore(directory);
    serving = new ServingModels(new VersionLoader(store));
  }

  private VersionRef version(int number) {
    return TinyModel.of("v" + number, 50, probability(number)).storeIn(store);
  }

  /// The score that tells who answered.
  private static double probability(int number) {
    return .5 + number / 100.0;
  }

  private LoadedVersion acquire() {
    return serving.acquire(TinyModel.PUMP).orElseThrow();
  }

  private String served() {
    try (var version = acquire()) {
      return version.version().version();
    }
  }

  @Test
  void requestsAreAnsweredByTheOldOrTheNewVersionWhileModelsAreSwapped() throws Exception {
    // Given eight versions and four callers
    var versions = new ArrayList<VersionRef>();
    for (int i = 1; i <= 8; i++) {
      versions.add(version(i));
    }
    serving.swapTo(versions.getFirst());
    var answered = new AtomicLong();
    Set<String> seen = ConcurrentHashMap.newKeySet();
    var isOver = new AtomicBoolean();

    // When they score without a pause during 400 swaps
    try (var callers = Executors.newFixedThreadPool(4)) {
      var calls = new ArrayList<Future<?>>();
      for (int caller = 0; caller < 4; caller++) {
        calls.add(
            callers.submit(
                () -> {
                  while (!isOver.get()) {
                    try (var version = acquire()) {
                      String name = version.version().version();
                      double expected = probability(Integer.parseInt(name.substring(1)));
                      assertThat(version.model().score(HOT))
                          .isCloseTo((float) expected, within(1e-5f));
                      assertThat(version.model().scores(HOT, 1)[0])
                          .isCloseTo((float) expected, within(1e-5f));
                      seen.add(name);
                      answered.incrementAndGet();
                    }
                  }
                }));
      }
      for (int i = 0; i < 400; i++) {
        serving.swapTo(versions.get(i % versions.size()));
      }
      isOver.set(true);
      for (var call : calls) {
        call.get(); // any failed request is here
      }
    }

    // Then
    assertThat(answered.get()).isGreaterThan(400);
    assertThat(seen).hasSizeGreaterThan(1);
  }

  @Test
  void replacedVersionIsFreedWhenItsLastRequestEnds() {
    // Given a request under way on v1
    serving.swapTo(version(1));
    var underWay = acquire();

    // When two more versions are deployed, so that v1 is not even the way back any more
    serving.swapTo(version(2));
    serving.swapTo(version(3));

    // Then the request ends on v1, and only then v1 is freed
    assertThat(underWay.model().score(HOT)).isCloseTo((float) probability(1), within(1e-5f));
    assertThat(underWay.isFreed()).isFalse();
    underWay.close();
    assertThat(underWay.isFreed()).isTrue();
    assertThat(underWay.retain()).isFalse();
    assertThat(served()).isEqualTo("v3");
  }

  @Test
  void wayBackIsASwapAndNeedsNoArtifact() throws IOException {
    // Given v2 serves, v1 served before, and the store is gone
    var first = version(1);
    serving.swapTo(first);
    serving.swapTo(version(2));
    Files.move(directory.resolve("acme"), directory.resolve("elsewhere"));

    // When
    serving.swapTo(first);

    // Then
    assertThat(served()).isEqualTo("v1");
  }

  @Test
  void anyFlippedByteOfAnArtifactIsRefusedAndTheOldVersionGoesOn() throws IOException {
    // Given
    serving.swapTo(version(1));
    var next = version(2);
    Path artifact = Path.of(next.artifact());

    for (String file : List.of("model.onnx", "model_card.json", "manifest.json")) {
      byte[] sound = Files.readAllBytes(artifact.resolve(file));
      for (int at = 0; at < sound.length; at += 1 + sound.length / 23) {
        // When
        byte[] damaged = sound.clone();
        damaged[at] ^= 0x10;
        Files.write(artifact.resolve(file), damaged);

        // Then
        assertThatThrownBy(() -> serving.swapTo(next)).isInstanceOf(UnusableVersionException.class);
        assertThat(served()).isEqualTo("v1");
      }
      Files.write(artifact.resolve(file), sound);
    }
    serving.swapTo(next);
    assertThat(served()).isEqualTo("v2");
  }

  @Test
  void artifactsOfOthersAreRefused() {
    // Given an artifact of another organization, and one that reads other columns than announced
    var foreign = new TinyModel(new ModelKey("other", "pump-failure"), "v1", 50, .9).storeIn(store);
    var stolen =
        new VersionRef(
            TinyModel.PUMP,
            "v1",
            foreign.artifact(),
            foreign.sha256(),
            TinyModel.FEATURES,
            TinyModel.NO_PROFILE);
    var sound = version(1);
    var renamed =
        new VersionRef(
            TinyModel.PUMP,
            "v1",
            sound.artifact(),
            sound.sha256(),
            List.of("pressure", "flow"),
            TinyModel.NO_PROFILE);

    // Then
    assertThatThrownBy(() -> serving.swapTo(stolen))
        .isInstanceOf(UnusableVersionException.class)
        .hasMessageContaining("is not version v1 of acme/pump-failure");
    assertThatThrownBy(() -> serving.swapTo(renamed)).hasMessageContaining("[pressure, flow]");
    assertThat(serving.acquire(TinyModel.PUMP)).isEmpty();
  }

  @Test
  void onnxThatIsNoneIsRefused() {
    var files = new java.util.TreeMap<>(TinyModel.of("v9", 50, .9).files());
    files.put("model.onnx", new byte[] {1, 2, 3});
    var version = TinyModel.of("v9", 50, .9).storeIn(store, Map.copyOf(files));

    assertThatThrownBy(() -> serving.swapTo(version)).isInstanceOf(UnusableVersionException.class);
  }
}
