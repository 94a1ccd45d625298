package dev.anneal.stage;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/// Hosts that an operator allows: `db.example.com`, or `*.example.com` for all below one. In small
/// letters.
public record AllowedHosts(List<String> names) {
  private static final Pattern NAME =
      Pattern.compile("(?:\\*\\.)?[a-z0-9_][a-z0-9._-]*|\\[[0-9a-f:.]+]");

  /// @param property for the message
  /// @throws IllegalArgumentException when one is no host's name
  public static AllowedHosts of(String property, List<String> names) {
    var small = names.stream().map(name -> name.strip().toLowerCase(Locale.ROOT)).toList();
    small.stream()
        .filter(name -> !NAME.matcher(name).matches())
        .findFirst()
        .ifPresent(
            name -> {
              throw new IllegalArgumentException(
                  "%s must be host names such as a.example.com or *.example.com, without port, was \"%s\""
                      .formatted(property, name));
            });
    return new AllowedHosts(small);
  }

  public boolean contain(String host) {
    String name = host.toLowerCase(Locale.ROOT);
    return names.stream()
        .anyMatch(a -> a.startsWith("*.") ? name.endsWith(a.substring(1)) : name.equals(a));
  }
}
