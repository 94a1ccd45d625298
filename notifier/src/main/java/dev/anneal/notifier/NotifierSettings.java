package dev.anneal.notifier;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// How people are told. With a token or a webhook and `enabled`, in Slack; else on standard output.
///
/// @param enabled `ENABLE_SLACK`
/// @param token of a bot that may `chat:write` (`SLACK_TOKEN`); empty: none
/// @param webhook address of an incoming webhook, instead of a token; empty: none
/// @param channel for a token; a webhook has its own
/// @param api address of Slack's Web API
/// @param allowedWebhookOrigins `https://chat.example.com`: where webhooks may point besides Slack
/// @param alertWindow event time within which only the first few alerts of a model are told one by
///     one
@ConfigurationProperties("anneal.notifier")
record NotifierSettings(
    @DefaultValue("true") boolean enabled,
    @Nullable Secret token,
    @Nullable Secret webhook,
    @DefaultValue("#anneal") String channel,
    @DefaultValue("https://slack.com/api/") URI api,
    @DefaultValue List<String> allowedWebhookOrigins,
    @DefaultValue("1m") Duration alertWindow) {
  private static final Pattern CHANNEL = Pattern.compile("[#@]?[\\p{L}\\p{N}._-]{1,80}");

  /// What an `Authorization: Bearer` may have, RFC 6750.
  private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+/-]+=*");

  private static final List<String> SLACK_HOSTS = List.of("hooks.slack.com", "hooks.slack-gov.com");

  NotifierSettings {
    allowedWebhookOrigins = List.copyOf(allowedWebhookOrigins);
    token = given(token);
    webhook = given(webhook);
    if (token != null && !TOKEN.matcher(token.value()).matches()) {
      // not repeated: it is a secret
      throw new IllegalArgumentException(
          "anneal.notifier.token has a character that no token has (a space or a line break inside?); set it to the"
              + " token alone, as xoxb-…");
    }
    if (alertWindow.compareTo(Duration.ofSeconds(1)) < 0
        || alertWindow.compareTo(Duration.ofDays(7)) > 0) {
      throw new IllegalArgumentException(
          "anneal.notifier.alert-window must be in [1 s, 7 d], was " + alertWindow);
    }
    if (!CHANNEL.matcher(channel).matches()) {
      throw new IllegalArgumentException(
          "anneal.notifier.channel must be a channel such as #anneal, was " + channel);
    }
    if (token != null && webhook != null) {
      throw new IllegalArgumentException(
          "anneal.notifier.token and .webhook are both set; keep one of them");
    }
    boolean clear =
        !"https".equals(api.getScheme())
            && !List.of("127.0.0.1", "localhost").contains(api.getHost());
    if (clear || !api.toString().endsWith("/")) {
      throw new IllegalArgumentException(
          "anneal.notifier.api must be an https address that ends with /, was " + api);
    }
    if (webhook != null && !isAllowed(webhook.value(), allowedWebhookOrigins)) {
      // not repeated: a webhook's address is a secret
      throw new IllegalArgumentException(
          "anneal.notifier.webhook must start with https://hooks.slack.com/services/, or its origin be one of"
              + " anneal.notifier.allowed-webhook-origins");
    }
  }

  /// Files and variables often end with a line break.
  private static @Nullable Secret given(@Nullable Secret secret) {
    return secret == null || secret.value().isBlank() ? null : new Secret(secret.value().strip());
  }

  private static boolean isAllowed(String webhook, List<String> origins) {
    URI address;
    try {
      address = URI.create(webhook);
    } catch (IllegalArgumentException _) {
      return false;
    }
    if (address.getHost() == null
        || address.getRawUserInfo() != null
        || address.getRawFragment() != null) {
      return false;
    }
    boolean slack =
        "https".equals(address.getScheme())
            && SLACK_HOSTS.contains(address.getHost())
            && address.getPort() == -1
            && address.normalize().getRawPath().startsWith("/services/");
    return slack
        || origins.contains("%s://%s".formatted(address.getScheme(), address.getRawAuthority()));
  }
}
