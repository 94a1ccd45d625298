package dev.anneal.ingest;

import java.util.regex.Pattern;

/// The names of tables that a definition's author gives, as a regular expression.
///
/// Some expressions take years for a name of 63 characters, and matching cannot be interrupted. So
/// an expression may look at characters [#MOST_STEPS] times; a name that takes more does not match.
record TableNames(Pattern pattern) {
  /// Well-behaved expressions take some hundred for a name of 63 characters.
  private static final int MOST_STEPS = 100_000;

  static final TableNames ANY = of(".*");

  static TableNames of(String expression) {
    return new TableNames(Pattern.compile(expression));
  }

  boolean match(String name) {
    try {
      return pattern.matcher(new Counted(name, new int[1])).matches();
    } catch (TooManySteps | StackOverflowError _) {
      return false;
    }
  }

  /// As it was written.
  @Override
  public String toString() {
    return pattern.toString();
  }

  private static final class TooManySteps extends RuntimeException {
    TooManySteps() {
      super(null, null, false, false);
    }
  }

  /// @param steps shared with the parts of the text
  private record Counted(CharSequence text, int[] steps) implements CharSequence {
    @Override
    public int length() {
      return text.length();
    }

    @Override
    public char charAt(int index) {
      if (++steps[0] > MOST_STEPS) {
        throw new TooManySteps();
      }
      return text.charAt(index);
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return new Counted(text.subSequence(start, end), steps);
    }

    @Override
    public String toString() {
      return text.toString();
    }
  }
}
