package dev.anneal.schemas;

import java.util.Locale;
import java.util.regex.Pattern;

/// What a definition may name as its source. A definition's author is not the operator: a host and
/// a database go into a driver's URL, and a password's variable or file is read with the rights of
/// ingest's process, so each is limited to what belongs to the organization. Nothing is shared: a
/// password that two organizations need stands in two variables or files. Control checks a
/// definition when it is applied, ingest before it is used.
public final class SourceRules {
  /// Ends the sentence "`host` …".
  public static final String HOST =
      "must be a host name, an IPv4 address or an IPv6 address in brackets, without port or parameters";

  /// Ends the sentence "`database` …".
  public static final String DATABASE =
      "must be 1 to 63 letters, digits and _ . $ -, and begin with a letter, a digit or _";

  /// Ends the sentence "`passwordFile` …".
  public static final String PASSWORD_FILE =
      "must be the name of a file in the organization's own directory below ingest's secrets directory:"
          + " letters, digits and _ . -, no path";

  private static final String VARIABLES = "ANNEAL_SOURCE_";

  /// RFC 1123, and `_`, which names of containers have; 253 is the longest name of DNS.
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,252}");

  private static final Pattern IPV6 = Pattern.compile("\\[[0-9A-Fa-f:.]{2,45}]");
  private static final Pattern DATABASE_NAME =
      Pattern.compile("[\\p{L}\\p{N}_][\\p{L}\\p{N}_.$-]{0,62}"); // NAMEDATALEN - 1

  private static final Pattern FILE = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,127}");
  private static final Pattern VARIABLE_END = Pattern.compile("[A-Z0-9]+(?:_[A-Z0-9]+)*");

  private SourceRules() {}

  public static boolean isHost(String host) {
    return NAME.matcher(host).matches() || IPV6.matcher(host).matches();
  }

  public static boolean isDatabase(String database) {
    return DATABASE_NAME.matcher(database).matches();
  }

  public static boolean isPasswordFile(String file) {
    return FILE.matcher(file).matches();
  }

  /// `ANNEAL_SOURCE_ACME_NORTH__PASSWORD` of `acme-north`. The last two underscores in a row end
  /// the organization's name, so that a variable belongs to one organization only: the one before
  /// is not `acme`'s.
  public static boolean isPasswordVariable(String organization, String variable) {
    String prefix = variablePrefix(organization);
    return variable.startsWith(prefix)
        && VARIABLE_END.matcher(variable.substring(prefix.length())).matches();
  }

  /// Ends the sentence "`passwordEnv` …".
  public static String passwordVariable(String organization) {
    return "must be one of the organization's own variables: %s and a name such as PASSWORD"
        .formatted(variablePrefix(organization));
  }

  private static String variablePrefix(String organization) {
    return VARIABLES + organization.toUpperCase(Locale.ROOT).replace('-', '_') + "__";
  }
}
