package dev.anneal.stage;

import dev.anneal.schemas.Texts;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The text of a foreign exception (a driver's, an HTTP client's, Kafka's) as a log, a topic or an
/// answer may have it: one line, not too long, without what looks like a secret. Such texts repeat
/// what they were given, a header's value or an address with its password.
public final class Redaction {
  /// In a dead letter or an alert; PostgreSQL's texts with detail and hint are shorter.
  static final int LONGEST = 2_000;

  private static final String HIDDEN = "***";

  private record Rule(Pattern secret, String shown) {}

  private static final List<Rule> RULES =
      List.of(
          // postgresql://user:password@host, https://token@host
          new Rule(Pattern.compile("(\\w://)[^/\\s@]+@"), "$1" + HIDDEN + "@"),
          // password=…, "token": "…", sslpassword '…', sasl.jaas.config=… to the end
          new Rule(
              Pattern.compile(
                  "(?i)([\\w.-]*(?:password|passwd|secret|token|api[_-]?key))(\"?\\s*[=:]\\s*)(?:\"[^\"]*\"|'[^']*'|[^\\s&;,\"']+)"),
              "$1$2" + HIDDEN),
          new Rule(Pattern.compile("(?is)(sasl\\.jaas\\.config\\s*[=:]).*"), "$1 " + HIDDEN),
          new Rule(Pattern.compile("(?i)\\b(bearer|basic)\\s+[^\\s\"']+"), "$1 " + HIDDEN),
          // Slack's tokens and incoming webhooks
          new Rule(Pattern.compile("\\bx(?:ox[a-z]|app)-[\\w-]+"), HIDDEN),
          new Rule(
              Pattern.compile("(https://hooks\\.slack(?:-gov)?\\.com)/[^\\s\"']*"),
              "$1/" + HIDDEN));

  private Redaction() {}

  /// The message, or the class where there is none.
  public static String of(Throwable failure) {
    return of(failure, List.of());
  }

  /// @param secrets values that may be in it
  public static String of(Throwable failure, Collection<String> secrets) {
    @Nullable String message = failure.getMessage();
    return of(message == null ? failure.getClass().getSimpleName() : message, secrets);
  }

  public static String of(String text) {
    return of(text, List.of());
  }

  public static String of(String text, Collection<String> secrets) {
    // cut first: a rule takes the square of a word's length, and a foreign text may be of a
    // megabyte
    boolean isCut = text.length() > LONGEST;
    String shown = isCut ? text.substring(0, LONGEST) : text;
    for (String secret : secrets) {
      shown = secret.isEmpty() ? shown : shown.replace(secret, HIDDEN);
    }
    for (Rule rule : RULES) {
      shown = rule.secret.matcher(shown).replaceAll(rule.shown);
    }
    String line = Texts.inLine(shown.strip(), LONGEST);
    return isCut ? "%s… (%d characters)".formatted(line, text.length()) : line;
  }
}
