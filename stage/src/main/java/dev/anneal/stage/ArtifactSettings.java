package dev.anneal.stage;

import java.net.URI;
import java.nio.file.Path;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Where artifacts are; the trainer writes them, the deployer reads them.
///
/// @param uri of a directory that trainer and deployer share; a text, because Spring encodes what
///     it makes a URI of, and `%20` would become `%2520`
@ConfigurationProperties("anneal.artifacts")
public record ArtifactSettings(@DefaultValue("file:///var/lib/anneal/artifacts") String uri) {
  public ArtifactSettings {
    if (!uri.startsWith("file:///")) {
      throw new IllegalArgumentException(
          "anneal.artifacts.uri must be a file:/// address, was " + uri);
    }
  }

  public Path directory() {
    return Path.of(URI.create(uri));
  }
}
