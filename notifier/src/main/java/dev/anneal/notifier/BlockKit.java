package dev.anneal.notifier;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// A message as Slack's Block Kit, within Slack's limits, with a text for notifications and readers
/// of the screen. Every word of ours is escaped, so that nothing in it becomes a link or a mention.
/// Pure.
final class BlockKit {
  /// Slack's limits: api.slack.com/reference/block-kit/blocks.
  static final int MAX_BLOCKS = 50;

  static final int MAX_SECTION = 3_000;
  static final int MAX_HEADER = 150;
  static final int MAX_FIELD = 2_000;
  static final int MAX_FIELDS = 10;

  /// The text beside the blocks; Slack cuts at 40,000 but recommends this.
  static final int MAX_TEXT = 4_000;

  private static final int LONGEST_ENTITY = 5;
  private static final Pattern CONTROL = Pattern.compile("[[" + Message.CONTROLS + "]&&[^\n]]+");

  private BlockKit() {}

  /// `text` and `blocks` of `chat.postMessage` and of webhooks.
  static Map<String, Object> payload(Message message) {
    var payload = new LinkedHashMap<String, Object>();
    payload.put("text", clip(escape(message.line()), MAX_TEXT));
    payload.put("blocks", blocks(message));
    return payload;
  }

  private static List<Map<String, Object>> blocks(Message message) {
    var blocks = new ArrayList<Map<String, Object>>();
    String title = "%s: %s".formatted(message.subject().name(), message.title());
    blocks.add(
        block(
            "header",
            "text",
            // plain text: Slack escapes it, our escapes would be seen
            text(
                "plain_text",
                clip(":%s: %s".formatted(message.icon(), withoutControls(title)), MAX_HEADER))));
    for (int i = 0; i < message.facts().size() && blocks.size() < MAX_BLOCKS - 2; i += MAX_FIELDS) {
      var fields =
          message.facts().subList(i, Math.min(i + MAX_FIELDS, message.facts().size())).stream()
              .map(
                  f ->
                      text(
                          "mrkdwn",
                          clip(
                              "*%s*\n%s".formatted(escape(f.name()), escape(f.value())),
                              MAX_FIELD)))
              .toList();
      blocks.add(block("section", "fields", fields));
    }
    if (message.detail() != null && !message.detail().isBlank()) {
      blocks.add(
          block("section", "text", text("mrkdwn", clip(escape(message.detail()), MAX_SECTION))));
    }
    var context = text("mrkdwn", escape(Messages.text(message.subject().at())));
    blocks.add(block("context", "elements", List.of(context)));
    return blocks;
  }

  private static Map<String, Object> block(String type, String key, Object content) {
    var block = new LinkedHashMap<String, Object>();
    block.put("type", type);
    block.put(key, content);
    return block;
  }

  private static Map<String, Object> text(String type, String text) {
    return block(type, "text", text);
  }

  private static String withoutControls(String text) {
    return CONTROL.matcher(text).replaceAll(" ");
  }

  static String escape(String text) {
    return withoutControls(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  /// Cuts, but never within an escape or a surrogate pair.
  static String clip(String escaped, int limit) {
    if (escaped.length() <= limit) {
      return escaped;
    }
    int end = limit - 1;
    int entity = escaped.lastIndexOf('&', end);
    if (entity >= 0 && entity > end - LONGEST_ENTITY && escaped.indexOf(';', entity) >= end) {
      end = entity;
    }
    if (end > 0 && Character.isHighSurrogate(escaped.charAt(end - 1))) {
      end--;
    }
    return escaped.substring(0, end) + "…";
  }
}
