package dev.anneal.standalone;

import picocli.CommandLine.Option;

/// Which model a command is about.
final class ModelName {
  @Option(
      names = {"-o", "--org"},
      required = true,
      description = "Organization.")
  private String organization = "";

  @Option(
      names = {"-m", "--model"},
      required = true,
      description = "Model.")
  private String model = "";

  String organization() {
    return organization;
  }

  String model() {
    return model;
  }
}
