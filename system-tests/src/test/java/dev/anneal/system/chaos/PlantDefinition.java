package dev.anneal.system.chaos;

import dev.anneal.standalone.ControlClient;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;

/// The plant as it is defined in Anneal.
final class PlantDefinition {
  private static final String USER = "chaos_reader";
  private static final String PASSWORD_FILE = "password";
  private static final int ITERATIONS = 10;

  private final Site site;
  private int port;
  private int changes;

  PlantDefinition(Site site) {
    this.site = site;
  }

  void create() throws SQLException, IOException {
    Plant.create(site.addresses(), USER, Site.PASSWORD);
    Path secrets = site.dataDirectory().resolve("secrets").resolve(Plant.ORGANIZATION);
    Files.createDirectories(secrets);
    Files.writeString(secrets.resolve(PASSWORD_FILE), Site.PASSWORD);
    apply();
  }

  /// After a start: PostgreSQL may be on another port.
  void followPort() throws IOException {
    if (changes > 0 && port != site.addresses().postgresPort()) {
      apply();
    }
  }

  /// A change of the definition.
  void apply() throws IOException {
    changes++;
    var at = site.addresses();
    String document =
        Plant.definition(at, USER, PASSWORD_FILE)
            .replace("numIterations: 10", "numIterations: " + (ITERATIONS + changes));
    new ControlClient(URI.create(at.control())).apply(Plant.ORGANIZATION, document);
    port = at.postgresPort();
  }
}
