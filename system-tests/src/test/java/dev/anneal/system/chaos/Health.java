package dev.anneal.system.chaos;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// Whether everything answers that has to: control with all it needs, the registry, PostgreSQL.
record Health(Site site) {
  private static final Duration ANSWER = Duration.ofSeconds(10);
  private static final long POLL_MILLIS = 500;

  /// @return what is wrong after that time; empty: all is well
  String awaitGood(long seconds) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    String trouble = trouble();
    while (!trouble.isEmpty() && site.isAlive() && System.nanoTime() < end) {
      Thread.sleep(POLL_MILLIS);
      trouble = trouble();
    }
    return site.isAlive() ? trouble : "up has ended: " + trouble;
  }

  private String trouble() throws InterruptedException {
    var at = site.addresses();
    try (var _ = DriverManager.getConnection(at.jdbcUrl("anneal"))) {
      String control = trouble(at.control() + "/health");
      return control.isEmpty() ? trouble(at.registry() + "/subjects") : control;
    } catch (SQLException e) {
      return "PostgreSQL: " + e.getMessage();
    }
  }

  private static String trouble(String address) throws InterruptedException {
    try (var http = HttpClient.newHttpClient()) {
      var request = HttpRequest.newBuilder(URI.create(address)).timeout(ANSWER).build();
      var response = http.send(request, HttpResponse.BodyHandlers.ofString());
      return response.statusCode() == 200 ? "" : address + ": " + response.body();
    } catch (IOException e) {
      return address + ": " + e;
    }
  }
}
