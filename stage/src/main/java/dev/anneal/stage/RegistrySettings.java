package dev.anneal.stage;

import java.net.URI;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// @param url of the Confluent-compatible API
@ConfigurationProperties("anneal.registry")
public record RegistrySettings(@DefaultValue("http://127.0.0.1:8081/apis/ccompat/v7") URI url) {
  public RegistrySettings {
    if (url.getScheme() == null || !url.getScheme().startsWith("http")) {
      throw new IllegalArgumentException(
          "anneal.registry.url must be an http(s) address, was " + Redaction.of(url.toString()));
    }
    if (url.getRawUserInfo() != null) {
      throw new IllegalArgumentException(
          "anneal.registry.url must have no user and password: they are not sent");
    }
  }
}
