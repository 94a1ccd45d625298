package dev.anneal.control.schedule;

/// The enabled schedule of one model.
public record ModelSchedule(String organization, String model, String pattern, String timezone) {
  /// `acme/pump-failure`
  String id() {
    return organization + "/" + model;
  }
}
