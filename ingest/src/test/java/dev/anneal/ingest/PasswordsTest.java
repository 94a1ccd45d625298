package dev.anneal.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anneal.ingest.CaptureException.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.AbstractThrowableAssert;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PasswordsTest {
  private static final Map<String, String> VARIABLES =
      Map.of(
          "PATH", "canary",
          "ANNEAL_SOURCE_ACME__PASSWORD", "of-acme",
          "ANNEAL_SOURCE_ACME_NORTH__PASSWORD", "canary");

  @TempDir private Path directory;
  private Path secrets;
  private Passwords passwords;

  @BeforeEach
  void secrets() throws IOException {
    secrets = Files.createDirectories(directory.resolve("secrets"));
    Files.createDirectories(secrets.resolve("acme"));
    Files.createDirectories(secrets.resolve("borealis"));
    Files.writeString(secrets.resolve("acme/password"), "of-acme\n");
    Files.writeString(secrets.resolve("borealis/password"), "canary");
    Files.writeString(secrets.resolve("password"), "canary");
    Files.writeString(directory.resolve("elsewhere"), "canary");
    passwords = new Passwords(VARIABLES::get, secrets);
  }

  private static ScadaSource source(@Nullable String env, @Nullable String file) {
    return new ScadaSource("h", 1, "d", "u", env, file, "public", List.of("t"));
  }

  private String of(@Nullable String env, @Nullable String file) {
    return passwords.of("acme", source(env, file));
  }

  private AbstractThrowableAssert<?, ?> refused(
      @Nullable String env, @Nullable String file, Code code) {
    return assertThatThrownBy(() -> of(env, file))
        .isInstanceOfSatisfying(CaptureException.class, e -> assertThat(e.code()).isEqualTo(code))
        .hasMessageNotContaining("canary");
  }

  @Test
  void comeFromWhereTheDefinitionSays() {
    assertThat(of("ANNEAL_SOURCE_ACME__PASSWORD", null)).isEqualTo("of-acme");
    assertThat(of(null, "password")).isEqualTo("of-acme");
    assertThat(of(null, null)).isEmpty();
  }

  @Test
  void saysWhatIsNotThere() {
    refused("ANNEAL_SOURCE_ACME__OTHER", null, Code.SOURCE_PASSWORD_UNSET)
        .hasMessage(
            "the password's environment variable ANNEAL_SOURCE_ACME__OTHER is not set where ingest runs");
    refused(null, "other", Code.SOURCE_PASSWORD_UNSET)
        .hasMessage(
            "the password's file %s cannot be read where ingest runs",
            secrets.resolve("acme/other"));
  }

  @Test
  void variablesOfOthersAreRefused() {
    refused("PATH", null, Code.SOURCE_FORBIDDEN);
    refused("ANNEAL_SOURCE_ACME_NORTH__PASSWORD", null, Code.SOURCE_FORBIDDEN);
  }

  @Test
  void filesOfOthersAreRefused() {
    for (String file :
        List.of(
            directory.resolve("elsewhere").toString(),
            secrets.resolve("acme/password").toString(),
            "../borealis/password",
            "../password",
            ".")) {
      refused(null, file, Code.SOURCE_FORBIDDEN);
    }
  }

  @Test
  void linksToOutsideAreRefused() throws IOException {
    Files.createSymbolicLink(secrets.resolve("acme/link"), directory.resolve("elsewhere"));
    Files.createSymbolicLink(secrets.resolve("acme/others"), secrets.resolve("borealis/password"));
    refused(null, "link", Code.SOURCE_FORBIDDEN)
        .hasMessageContaining("must not be a link to outside of " + secrets.resolve("acme"));
    refused(null, "others", Code.SOURCE_FORBIDDEN);
  }

  @Test
  void takesTheLinksOfKubernetes() throws IOException {
    // Given a mounted secret: a file is a link into a directory that is a link to the newest
    Path acme = secrets.resolve("acme");
    Files.createDirectories(acme.resolve("..2026_01_01"));
    Files.writeString(acme.resolve("..2026_01_01/scada"), "mounted");
    Files.createSymbolicLink(acme.resolve("..data"), Path.of("..2026_01_01"));
    Files.createSymbolicLink(acme.resolve("scada"), Path.of("..data/scada"));
    // and a secrets directory that is a link itself
    Path link = Files.createSymbolicLink(directory.resolve("run-secrets"), secrets);

    // Then
    assertThat(of(null, "scada")).isEqualTo("mounted");
    assertThat(new Passwords(VARIABLES::get, link).of("acme", source(null, "scada")))
        .isEqualTo("mounted");
  }

  @Test
  void aFileIsOneLine() throws IOException {
    Files.writeString(secrets.resolve("acme/two"), "canary\ncanary");
    Files.writeString(secrets.resolve("acme/long"), "c".repeat(5_000));
    Files.createDirectories(secrets.resolve("acme/directory"));

    refused(null, "two", Code.SOURCE_PASSWORD_UNSET).hasMessageContaining("must have one line");
    refused(null, "long", Code.SOURCE_PASSWORD_UNSET).hasMessageContaining("at most 4096 bytes");
    refused(null, "directory", Code.SOURCE_PASSWORD_UNSET);
  }
}
