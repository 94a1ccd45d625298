package dev.anneal.notifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NotifierSettingsTest {
  private static final Duration WINDOW = Duration.ofMinutes(1);
  private static final URI API = URI.create("https://slack.com/api/");

  private static NotifierSettings webhook(@Nullable String webhook, List<String> allowed) {
    return new NotifierSettings(
        true, null, webhook == null ? null : new Secret(webhook), "#anneal", API, allowed, WINDOW);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://hooks.slack.com/services/T/B/x",
        "https://hooks.slack.com@169.254.169.254/services/T",
        "https://hooks.slack.com.evil.example/services/T",
        "https://hooks.slack.com:8443/services/T",
        "https://hooks.slack.com/services/../api",
        "https://hooks.slack.com/workflows/T",
        "https://169.254.169.254/services/T",
        "https://[::ffff:127.0.0.1]/services/T",
        "https://2130706433/services/T",
        "https://hooks.slack.com/services/T#fragment",
        "file:///etc/passwd",
        "no address"
      })
  void refusesWebhooksThatAreNotSlacks(String address) {
    assertThatThrownBy(() -> webhook(address, List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(
            "anneal.notifier.webhook must start with https://hooks.slack.com/services/")
        .hasMessageNotContaining(address);
  }

  @Test
  void takesSlacksWebhooksAndAllowedOrigins() {
    assertThat(webhook("https://hooks.slack.com/services/T/B/x", List.of()).webhook()).isNotNull();
    assertThat(
            webhook("https://chat.example.com/hook", List.of("https://chat.example.com")).webhook())
        .isNotNull();
  }

  @Test
  void refusesNonsense() {
    assertThatThrownBy(
            () ->
                new NotifierSettings(
                    true,
                    new Secret("xoxb-1"),
                    new Secret("https://h"),
                    "#a",
                    API,
                    List.of(),
                    WINDOW))
        .hasMessage("anneal.notifier.token and .webhook are both set; keep one of them");
    assertThatThrownBy(
            () -> new NotifierSettings(true, null, null, "#a", API, List.of(), Duration.ZERO))
        .hasMessage("anneal.notifier.alert-window must be in [1 s, 7 d], was PT0S");
    assertThatThrownBy(
            () -> new NotifierSettings(true, null, null, "two words", API, List.of(), WINDOW))
        .hasMessageContaining(
            "anneal.notifier.channel must be a channel such as #anneal, was two words");
    assertThatThrownBy(
            () ->
                new NotifierSettings(
                    true, null, null, "#a", URI.create("http://slack.example/"), List.of(), WINDOW))
        .hasMessageContaining("anneal.notifier.api must be an https address");
  }

  @Test
  void hidesSecrets() {
    var settings =
        new NotifierSettings(true, new Secret("xoxb-canary"), null, "#a", API, List.of(), WINDOW);

    assertThat(settings.toString()).contains("***").doesNotContain("canary");
  }

  private static NotifierSettings token(String token) {
    return new NotifierSettings(true, new Secret(token), null, "#a", API, List.of(), WINDOW);
  }

  @ParameterizedTest
  @ValueSource(strings = {"xoxb-canary", " xoxb-canary", "xoxb-canary\n", "\txoxb-canary\r\n"})
  void trimsSecrets(String token) {
    assertThat(token(token).token()).isEqualTo(new Secret("xoxb-canary"));
    assertThat(webhook("https://hooks.slack.com/services/T/B/x\n", List.of()).webhook())
        .isEqualTo(new Secret("https://hooks.slack.com/services/T/B/x"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "xoxb-canary\nxoxb-2",
        "xoxb canary",
        "\"xoxb-canary\"",
        "xoxb-canary\0",
        "xöxb-canary"
      })
  void refusesTokensThatCannotWorkWithoutRepeatingThem(String token) {
    assertThatThrownBy(() -> token(token))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("anneal.notifier.token has a character that no token has")
        .hasMessageNotContaining("canary");
  }
}
