package dev.anneal.schemas;

/// A failure that passes by itself: whoever gets it tries again.
public interface Temporary {}
