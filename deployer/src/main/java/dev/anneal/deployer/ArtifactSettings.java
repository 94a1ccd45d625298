package dev.anneal.deployer;

import java.net.URI;
import java.nio.file.Path;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Where artifacts are; the same for the trainer, which writes them.
///
/// @param uri of a directory that trainer and deployer share
@ConfigurationProperties("anneal.artifacts")
record ArtifactSettings(@DefaultValue("file:///var/lib/anneal/artifacts") URI uri) {
  ArtifactSettings {
    if (!"file".equals(uri.getScheme()) || uri.getPath() == null) {
      throw new IllegalArgumentException(
          "anneal.artifacts.uri must be a file:/// address, was " + uri);
    }
  }

  Path directory() {
    return Path.of(uri);
  }
}
