package dev.anneal.stage;

import java.net.URI;
import java.nio.file.Path;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Where artifacts are; the trainer writes them, the deployer reads them.
///
/// @param uri of a directory that trainer and deployer share
@ConfigurationProperties("anneal.artifacts")
public record ArtifactSettings(@DefaultValue("file:///var/lib/anneal/artifacts") URI uri) {
  public ArtifactSettings {
    if (!"file".equals(uri.getScheme()) || uri.getPath() == null) {
      throw new IllegalArgumentException(
          "anneal.artifacts.uri must be a file:/// address, was " + uri);
    }
  }

  public Path directory() {
    return Path.of(uri);
  }
}
