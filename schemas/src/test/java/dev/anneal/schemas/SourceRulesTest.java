package dev.anneal.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SourceRulesTest {
  @ParameterizedTest
  @ValueSource(
      strings = {"db", "scada_db", "scada.example.com", "10.0.0.7", "[::1]", "[fe80::1:2]", "1.db"})
  void takesHosts(String host) {
    assertThat(SourceRules.isHost(host)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "db:5432",
        "a,b",
        "db/x",
        "db?user=x",
        "db&ssl=false",
        "user@db",
        "db#x",
        "db\n",
        "d b",
        "::1",
        "[::1",
        "[::1]x",
        "[%65th0]",
        "-db",
        ".db",
        "db%2f",
        "${password}",
        "dü"
      })
  void refusesHostsThatAreMore(String host) {
    assertThat(SourceRules.isHost(host)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"scada", "Scada_2", "plant-1", "werk.süd", "_x", "a$b"})
  void takesDatabases(String database) {
    assertThat(SourceRules.isDatabase(database)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x?socketFactory=evil",
        "x&sslmode=disable",
        "a/b",
        "a b",
        "a%3f",
        "a\0",
        "a;b",
        "${password}",
        "../x",
        "-x"
      })
  void refusesDatabasesThatAreMore(String database) {
    assertThat(SourceRules.isDatabase(database)).isFalse();
    assertThat(SourceRules.isDatabase("a".repeat(64))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "..",
        "/etc/passwd",
        "../borealis/password",
        "a/b",
        "a\\b",
        "~",
        ".hidden"
      })
  void refusesFilesThatAreNotNames(String file) {
    assertThat(SourceRules.isPasswordFile(file)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "acme,       ANNEAL_SOURCE_ACME__PASSWORD,          true",
    "acme,       ANNEAL_SOURCE_ACME__SCADA_PASSWORD_2,  true",
    "acme-north, ANNEAL_SOURCE_ACME_NORTH__PASSWORD,    true",
    "acme,       ANNEAL_SOURCE_ACME_NORTH__PASSWORD,    false",
    "acme-north, ANNEAL_SOURCE_ACME__NORTH_PASSWORD,    false",
    "acme--b,    ANNEAL_SOURCE_ACME__B__PASSWORD,       true",
    "acme,       ANNEAL_SOURCE_ACME__B__PASSWORD,       false",
    "acme,       ANNEAL_SOURCE_ACME__,                  false",
    "acme,       ANNEAL_SOURCE_ACME___PASSWORD,         false",
    "acme,       ANNEAL_SOURCE_ACME__password,          false",
    "acme,       PATH,                                  false",
    "acme,       SPRING_DATASOURCE_PASSWORD,            false",
  })
  void aVariableBelongsToOneOrganization(String organization, String variable, boolean its) {
    assertThat(SourceRules.isPasswordVariable(organization, variable)).isEqualTo(its);
  }

  @Test
  void takesFilesThatAreNames() {
    assertThat(SourceRules.isPasswordFile("scada-password")).isTrue();
    assertThat(SourceRules.isPasswordFile("password.txt")).isTrue();
  }
}
