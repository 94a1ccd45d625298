package dev.anneal.notifier;

import dev.anneal.stage.Redaction;
import dev.anneal.stage.RejectedRecord;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Slack over HTTP: `chat.postMessage` with a bot's token, or an incoming webhook. Follows no
/// redirects, reads no more than [#MAX_ANSWER], waits as long as Slack says (`Retry-After`) before
/// it calls again. Waiting is done by whoever calls: until the time has come every call fails at
/// once.
final class SlackSender implements Sender {
  private static final Duration CONNECT = Duration.ofSeconds(60);
  private static final Duration ANSWER = Duration.ofSeconds(60);
  private static final Duration WAIT_UNLESS_SAID = Duration.ofSeconds(30);
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(15);
  private static final int MAX_ANSWER = 64 * 1024;
  private static final int MAX_REASON = 200;
  private static final int OK = 200;
  private static final int TOO_MANY = 429;
  private static final int SERVER_ERROR = 500;

  /// Errors of Slack's own that pass.
  private static final Set<String> PASSING =
      Set.of(
          "ratelimited",
          "rate_limited",
          "internal_error",
          "fatal_error",
          "service_unavailable",
          "request_timeout");

  /// Errors of Slack's own that another token, scope or channel takes away: `chat.postMessage`'s
  /// and, with the statuses, webhooks'.
  private static final Set<String> OF_SETTINGS =
      Set.of(
          "not_authed",
          "invalid_auth",
          "account_inactive",
          "token_expired",
          "token_revoked",
          "not_allowed_token_type",
          "no_permission",
          "missing_scope",
          "access_denied",
          "team_access_not_granted",
          "org_login_required",
          "ekm_access_denied",
          "channel_not_found",
          "not_in_channel",
          "is_archived");

  /// A redirect, which is not followed, a wrong address, a proxy's refusal, a revoked webhook.
  private static final Set<Integer> STATUS_OF_SETTINGS =
      Set.of(301, 302, 303, 307, 308, 401, 403, 404, 407, 410);

  /// A person has to act, and Slack limits calls.
  private static final Duration SETTING_WAIT = Duration.ofMinutes(1);

  private final URI address;
  private final @Nullable Secret token;
  private final InstantSource clock;
  private final HttpClient http =
      HttpClient.newBuilder()
          .connectTimeout(CONNECT)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();
  private final JsonMapper json = JsonMapper.builder().build();
  private final List<String> secrets;
  private volatile Pause pause = new Pause(Instant.MIN, "");

  /// @param reason of every call before that time
  private record Pause(Instant until, String reason) {}

  private SlackSender(URI address, @Nullable Secret token, InstantSource clock) {
    this.address = address;
    this.token = token;
    this.secrets = List.of(token == null ? address.toString() : token.value());
    this.clock = clock;
  }

  static SlackSender bot(URI api, Secret token, InstantSource clock) {
    return new SlackSender(api.resolve("chat.postMessage"), token, clock);
  }

  static SlackSender webhook(Secret webhook, InstantSource clock) {
    return new SlackSender(URI.create(webhook.value()), null, clock);
  }

  @Override
  public Delivery send(String channel, Message message) {
    Pause now = pause;
    Instant time = clock.instant();
    // an end that is further away was written while the clock was ahead
    if (time.isBefore(now.until) && now.until.isBefore(time.plus(LONGEST_WAIT).plusSeconds(1))) {
      throw new SlackUnavailable(now.reason);
    }
    var payload = new LinkedHashMap<>(BlockKit.payload(message));
    var request =
        HttpRequest.newBuilder(address)
            .timeout(ANSWER)
            .header("Content-Type", "application/json; charset=utf-8");
    if (token != null) {
      payload.put("channel", channel);
      request.header("Authorization", "Bearer " + token.value());
    }
    call(
        request
            .POST(HttpRequest.BodyPublishers.ofString(json.writeValueAsString(payload)))
            .build());
    return token == null ? Delivery.WEBHOOK : Delivery.SLACK;
  }

  private void call(HttpRequest request) {
    try {
      var response = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
      try (var body = response.body()) {
        judge(response, new String(body.readNBytes(MAX_ANSWER), StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      // without the cause: its text would be logged as it is
      throw new SlackUnavailable("Slack does not answer: " + Redaction.of(e.toString(), secrets));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SlackUnavailable("interrupted while telling Slack", e);
    }
  }

  private void judge(HttpResponse<?> response, String body) {
    int status = response.statusCode();
    String error = token == null || status != OK ? "" : error(body);
    if (status == TOO_MANY || error.startsWith("rate")) {
      Instant until = clock.instant().plus(retryAfter(response));
      throw wait(until, "too many messages for Slack; it asked to wait until " + until);
    }
    if (status >= SERVER_ERROR || PASSING.contains(error)) {
      throw new SlackUnavailable("Slack answered %d %s".formatted(status, error));
    }
    if (status != OK || !error.isEmpty()) {
      String said = error.isEmpty() ? body.lines().findFirst().orElse("") : error;
      String answer =
          "Slack answered %d %s"
              .formatted(status, BlockKit.clip(Redaction.of(said, secrets), MAX_REASON));
      if (STATUS_OF_SETTINGS.contains(status) || OF_SETTINGS.contains(error)) {
        throw wait(
            clock.instant().plus(SETTING_WAIT),
            "%s; messages wait for another anneal.notifier.%s"
                .formatted(answer, token == null ? "webhook" : "token or channel"));
      }
      throw new RejectedRecord("slack-refused", answer);
    }
  }

  private SlackUnavailable wait(Instant until, String reason) {
    pause = new Pause(until, reason);
    return new SlackUnavailable(reason);
  }

  private String error(String body) {
    try {
      JsonNode answer = json.readTree(body);
      return answer.path("ok").asBoolean(false)
          ? ""
          : answer.path("error").asString("no reason given");
    } catch (JacksonException _) {
      return "no JSON";
    }
  }

  private static Duration retryAfter(HttpResponse<?> response) {
    try {
      var said =
          response
              .headers()
              .firstValue("Retry-After")
              .map(Long::parseLong)
              .map(Duration::ofSeconds);
      return said.filter(d -> !d.isNegative() && d.compareTo(LONGEST_WAIT) <= 0)
          .orElse(WAIT_UNLESS_SAID);
    } catch (NumberFormatException | ArithmeticException _) {
      return WAIT_UNLESS_SAID;
    }
  }
}
