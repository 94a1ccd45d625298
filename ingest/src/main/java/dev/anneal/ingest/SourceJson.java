package dev.anneal.ingest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;

/// A [ScadaSource] as JSON, for the ledger and for dead letters.
final class SourceJson {
  private static final ObjectMapper JSON = new ObjectMapper();

  private SourceJson() {}

  static String write(ScadaSource source) {
    try {
      return JSON.writeValueAsString(source);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a source that is no JSON: " + source, e);
    }
  }

  static ScadaSource read(String json) {
    try {
      return JSON.readValue(json, ScadaSource.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("ingest.source holds what is no source: " + json, e);
    }
  }
}
