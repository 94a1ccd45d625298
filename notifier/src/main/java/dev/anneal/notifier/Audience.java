package dev.anneal.notifier;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Who wants to be told what: each model's `notifyOnSuccess` and `notifyOnFailure`. An unknown
/// model's news are told.
final class Audience {
  /// What one model's definition says.
  record Wishes(boolean onSuccess, boolean onFailure) {
    static final Wishes ALL = new Wishes(true, true);
  }

  private final Map<String, Wishes> wishes = new ConcurrentHashMap<>();

  /// @param model key of the model, `acme/pump-failure`
  void define(String model, Wishes wished) {
    wishes.put(model, wished);
  }

  void remove(String model) {
    wishes.remove(model);
  }

  boolean wants(News news) {
    var wished = wishes.getOrDefault(news.subject().name(), Wishes.ALL);
    return switch (news.tone()) {
      case SUCCESS -> wished.onSuccess();
      case FAILURE -> wished.onFailure();
      case ALWAYS -> true;
    };
  }
}
