package dev.anneal.control.definitions;

import java.util.List;

/// One organization and all of its models, as one document defines them.
public record Definitions(OrganizationDefinition organization, List<ModelDefinition> models) {
  /// What reading a document came to.
  public sealed interface Reading {
    record Valid(Definitions definitions) implements Reading {}

    /// @param problems all there are, in the order of the document's fields
    record Invalid(List<Problem> problems) implements Reading {}
  }
}
