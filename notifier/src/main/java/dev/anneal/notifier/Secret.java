package dev.anneal.notifier;

/// Text that no log, error or dump shows.
record Secret(String value) {
  // public: Spring makes it of a property
  public Secret {}

  @Override
  public String toString() {
    return "***";
  }
}
