package dev.anneal.ingest;

import dev.anneal.schemas.RowCodec.Quality;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What an organization's quality column says: words and status codes of OPC DA, OPC UA, Ignition,
/// Sparkplug and the PI System, and the organization's own. For one thread.
final class Qualities {
  /// What numbers mean.
  enum Codes {
    /// The two highest of the lower eight bits, so that 192 is good.
    DA,
    /// The two highest of 32 bits, so that 0 is good.
    UA,
    /// 0 to 255 as OPC DA with some of its own, the others by the two highest of 32 bits.
    /// Sparkplug's and OPC UA's codes are read too, except that 0 is bad.
    IGNITION
  }

  private static final long LOWEST = Integer.MIN_VALUE;
  private static final long HIGHEST = 0xFFFF_FFFFL;

  /// Ignition: the lower 16 bits of what is bad, whatever the higher say.
  private static final int BAD_FROM = 512;

  private static final int BAD_TO = 1_023;

  /// Ignition: from 256 on uncertain, from here on errors of older versions, or nothing.
  private static final int ERRORS_FROM = 300;

  /// Digital states of the PI System, and texts of OPC servers, that begin with no quality.
  private static final Set<String> BAD_STATES =
      Set.of(
          "accessdenied",
          "arcoffline",
          "arithmeticerror",
          "calcfailed",
          "calcoff",
          "commfail",
          "commfailure",
          "configerror",
          "configurationerror",
          "configure",
          "dcsfailed",
          "devicefailure",
          "equipfail",
          "failed",
          "fault",
          "filterfail",
          "intfshut",
          "invaliddata",
          "invalidfloat",
          "iotimeout",
          "nodata",
          "nolabdata",
          "noresult",
          "nosample",
          "notconnect",
          "notconnected",
          "offline",
          "outofserv",
          "outofservice",
          "ptcreated",
          "scanoff",
          "scantimeout",
          "sensorfailure",
          "settobad",
          "shutdown",
          "timeout",
          "unitdown",
          "waitingforinitialdata");

  private static final Map<String, Quality> WORDS = words();

  /// Values whose meaning is kept; a column has a few.
  private static final int MOST_SEEN = 100;

  /// Characters of a word.
  private static final int LONGEST = 100;

  private final Codes codes;
  private final Map<Object, Optional<Quality>> seen = new HashMap<>();
  private final Map<String, Quality> own = new HashMap<>();

  /// @param own words or numbers of the column and what they mean; they come first. Of two that
  ///     differ in signs only, each is read where it stands so
  Qualities(Codes codes, Map<String, Quality> own) {
    this.codes = codes;
    own.forEach((word, quality) -> this.own.put(exact(word), quality));
    new TreeMap<>(own).forEach((word, quality) -> this.own.putIfAbsent(letters(word), quality));
  }

  private static Map<String, Quality> words() {
    var words = new HashMap<String, Quality>();
    for (String good : Set.of("ok", "valid", "true", "t", "localoverride")) {
      words.put(good, Quality.GOOD);
    }
    for (String uncertain :
        Set.of(
            "suspect",
            "questionable",
            "doubtful",
            "substituted",
            "lastusable",
            "sensornotaccurate",
            "euexceeded",
            "subnormal")) {
      words.put(uncertain, Quality.UNCERTAIN);
    }
    for (String outOfRange : Set.of("outofrange", "underrange", "overrange")) {
      words.put(outOfRange, Quality.OUT_OF_RANGE);
    }
    words.put("stale", Quality.STALE);
    words.put("false", Quality.BAD);
    words.put("f", Quality.BAD);
    BAD_STATES.forEach(bad -> words.put(bad, Quality.BAD));
    return Map.copyOf(words);
  }

  /// @return empty where nobody knows the value
  Optional<Quality> of(@Nullable Object value) {
    if (value == null) {
      return Optional.of(Quality.GOOD);
    }
    if (value instanceof String text && text.length() > LONGEST) {
      return Optional.empty();
    }
    if (seen.size() > MOST_SEEN) {
      seen.clear();
    }
    return seen.computeIfAbsent(value, v -> Optional.ofNullable(read(v)));
  }

  private @Nullable Quality read(Object value) {
    String text = exact(value instanceof Number number ? plain(number) : value.toString());
    Quality known = own.getOrDefault(text, own.get(letters(text)));
    if (known != null) {
      return known;
    }
    Long code = code(text);
    return code == null ? ofWord(letters(text)) : ofCode(code);
  }

  /// Without a fraction of zero.
  private static String plain(Number number) {
    String text = number.toString();
    try {
      return new BigDecimal(text).stripTrailingZeros().toPlainString();
    } catch (NumberFormatException _) {
      return text; // not finite
    }
  }

  /// Numbers in decimal digits, words in small letters.
  private static String exact(String text) {
    String stripped = text.strip().toLowerCase(Locale.ROOT);
    Long code = code(stripped);
    return code == null ? stripped : code.toString();
  }

  /// Spaces and signs between words say nothing: `Bad_NoCommunication`, `I/O Timeout`. The sign of
  /// a number does, and so does one without words.
  private static String letters(String exact) {
    String letters = exact.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}]", "");
    return code(exact) != null || letters.isEmpty() ? exact : letters;
  }

  private static @Nullable Long code(String text) {
    try {
      return text.startsWith("0x") ? Long.parseLong(text.substring(2), 16) : Long.parseLong(text);
    } catch (NumberFormatException _) {
      return null;
    }
  }

  private static @Nullable Quality ofWord(String word) {
    Quality known = WORDS.get(word);
    if (known != null) {
      return known;
    }
    if (word.startsWith("good")) {
      return Quality.GOOD;
    }
    if (word.startsWith("uncertain")) {
      return Quality.UNCERTAIN;
    }
    return word.startsWith("bad") || word.startsWith("error") || word.startsWith("invalid")
        ? Quality.BAD
        : null;
  }

  private @Nullable Quality ofCode(long code) {
    if (code < LOWEST || code > HIGHEST) {
      return null;
    }
    return switch (codes) {
      case UA -> ofBits((int) (code >>> 30) & 3);
      case DA -> code < 0 || code > 0xFFFF ? null : ofByte((int) code & 0xFF);
      case IGNITION -> ofIgnition(code);
    };
  }

  private static @Nullable Quality ofIgnition(long code) {
    if (code == 8) {
      return Quality.OUT_OF_RANGE;
    }
    if (code == 64 || code == 500) {
      return Quality.STALE;
    }
    if (code >= 0 && code <= 0xFF) {
      return ofByte((int) code);
    }
    if (code > 0xFF && code < BAD_FROM) {
      return code < ERRORS_FROM ? Quality.UNCERTAIN : null;
    }
    int low = (int) code & 0xFFFF;
    return low >= BAD_FROM && low <= BAD_TO ? Quality.BAD : ofBits((int) (code >>> 30) & 3);
  }

  /// OPC DA: 11 good, 01 uncertain, 00 bad, 10 not used.
  private static @Nullable Quality ofByte(int code) {
    return switch (code >> 6) {
      case 3 -> Quality.GOOD;
      case 0 -> Quality.BAD;
      case 1 -> Quality.UNCERTAIN;
      default -> null;
    };
  }

  /// OPC UA and Ignition: 00 good, 01 uncertain, 10 and 11 bad.
  private static Quality ofBits(int bits) {
    return switch (bits) {
      case 0 -> Quality.GOOD;
      case 1 -> Quality.UNCERTAIN;
      default -> Quality.BAD;
    };
  }
}
