package dev.anneal.stage.web;

import dev.anneal.stage.AllowedHosts;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// @param allowedHosts names by which the API may be called, besides `localhost` and IP addresses
@ConfigurationProperties("anneal.web")
public record WebSettings(@DefaultValue List<String> allowedHosts) {
  public WebSettings {
    allowedHosts = AllowedHosts.of("anneal.web.allowed-hosts", allowedHosts).names();
  }

  AllowedHosts hosts() {
    return new AllowedHosts(allowedHosts);
  }
}
