package dev.anneal.deployer;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/// @param significance level of the gate's paired tests
/// @param minimumComparedRows fewest rows on which a champion can lose
/// @param minimumComparedPositives fewest of them with a failure, and fewest without
/// @param alertCalmShare an alert is resolved by rows below this share of the model's failure
///     probability
/// @param alertCalmRows as many of them in a row
/// @param loadRetryInterval between tries of a deployed version that cannot be loaded
/// @param maxRequestRows of one request for predictions
/// @param maxRequestSize of its body
@ConfigurationProperties("anneal.deployer")
record DeployerSettings(
    @DefaultValue("0.05") double significance,
    @DefaultValue("50") int minimumComparedRows,
    @DefaultValue("5") int minimumComparedPositives,
    @DefaultValue("0.8") double alertCalmShare,
    @DefaultValue("3") int alertCalmRows,
    @DefaultValue("15s") Duration loadRetryInterval,
    @DefaultValue("1000") int maxRequestRows,
    @DefaultValue("1MB") DataSize maxRequestSize) {
  private static final DataSize LARGEST_REQUEST = DataSize.ofMegabytes(64);

  DeployerSettings {
    require(significance > 0 && significance <= .5, "significance", "(0, 0.5]", significance);
    require(minimumComparedRows >= 2, "minimum-compared-rows", "[2, …)", minimumComparedRows);
    require(
        minimumComparedPositives >= 1,
        "minimum-compared-positives",
        "[1, …)",
        minimumComparedPositives);
    require(
        alertCalmShare > 0 && alertCalmShare <= 1, "alert-calm-share", "(0, 1]", alertCalmShare);
    require(
        alertCalmRows >= 1 && alertCalmRows <= 10_000,
        "alert-calm-rows",
        "[1, 10000]",
        alertCalmRows);
    require(
        loadRetryInterval.toMillis() >= 100,
        "load-retry-interval",
        "[PT0.1S, …)",
        loadRetryInterval);
    require(
        maxRequestRows >= 1 && maxRequestRows <= 100_000,
        "max-request-rows",
        "[1, 100000]",
        maxRequestRows);
    require(
        maxRequestSize.toBytes() >= 1 && maxRequestSize.compareTo(LARGEST_REQUEST) <= 0,
        "max-request-size",
        "[1 B, 64 MB]",
        maxRequestSize);
  }

  private static void require(boolean condition, String property, String bound, Object value) {
    if (!condition) {
      throw new IllegalArgumentException(
          "anneal.deployer.%s must be in %s, was %s".formatted(property, bound, value));
    }
  }
}
