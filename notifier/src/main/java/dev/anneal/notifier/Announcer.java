package dev.anneal.notifier;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/// Tells each piece of news once in the channel: sends, then records. Safe for use by many threads.
final class Announcer {
  /// Notifications known at a time, the newest; older events do not come again but by a replay of
  /// weeks.
  static final int REMEMBERED = 200_000;

  /// Where what was told is recorded; returns when it is stored.
  interface Records {
    void add(Message message, String channel, Sender.Delivery delivery);
  }

  private final String channel;
  private final Sender sender;
  private final Records records;
  private final Audience audience;
  private final Set<String> told =
      Collections.synchronizedSet(
          Collections.newSetFromMap(
              new LinkedHashMap<>() {
                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
                  return size() > REMEMBERED;
                }
              }));

  Announcer(String channel, Sender sender, Records records, Audience audience) {
    this.channel = channel;
    this.sender = sender;
    this.records = records;
    this.audience = audience;
  }

  /// A notification of this instance's or another's past.
  ///
  /// @param key `<eventId>/<channel>`
  void remember(String key) {
    told.add(key);
  }

  boolean hasTold(News.Subject subject) {
    return told.contains(key(subject.eventId(), channel));
  }

  /// @throws SlackUnavailable when it may be told later
  void announce(News news) {
    if (hasTold(news.subject()) || !audience.wants(news)) {
      return;
    }
    var message = Messages.of(news);
    var delivery = sender.send(channel, message);
    // a kill here tells it twice: at least once
    records.add(message, channel, delivery);
    told.add(key(news.subject().eventId(), channel));
  }

  static String key(String eventId, String channel) {
    return eventId + "/" + channel;
  }
}
