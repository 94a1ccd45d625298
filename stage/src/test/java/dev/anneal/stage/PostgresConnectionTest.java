package dev.anneal.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

class PostgresConnectionTest {
  @Configuration(proxyBeanMethods = false)
  static class Empty {}

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      nullValues = "-",
      textBlock =
          """
          jdbc:postgresql://db:5433/app?user=ann&password=x | jdbc:postgresql://db:5433/app?user=ann&password=x | - | -
          postgresql://ann:s%40cret+1@db:5433/app?sslmode=require&connect_timeout=5 | jdbc:postgresql://db:5433/app?connectTimeout=5&sslmode=require | ann | s@cret+1
          postgres://ann@db/app | jdbc:postgresql://db/app | ann | -
          postgresql:///app | jdbc:postgresql://localhost:5432/app | - | -
          postgresql://db1:5432,db2:5433/app | jdbc:postgresql://db1:5432,db2:5433/app | - | -
          postgresql://[::1]:5433/app?user=ann&password=x | jdbc:postgresql://[::1]:5433/app | ann | x
          postgresql:///app?host=db&port=5433 | jdbc:postgresql://db:5433/app | - | -
          host=db port=5433 dbname=app user=ann password='it\\'s \\\\ it' sslmode=verify-full | jdbc:postgresql://db:5433/app?sslmode=verify-full | ann | it's \\ it
          host=db1,db2 dbname = 'my app' | jdbc:postgresql://db1:5432,db2:5432/my%20app | - | -
          """)
  void understandsWhatPostgresqlClientsUnderstand(
      String text, String url, String user, String password) {
    assertThat(PostgresConnection.parse(text))
        .isEqualTo(new PostgresConnection(url, user, password));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mysql://ann:s3cret@db/app",
        "db:5432/app s3cret",
        "postgresql://ann:s3cret@db",
        "postgresql://ann:s3cret/@db/app",
        "postgresql://ann:s3cret%4@db/app",
        "postgresql://ann:s3cret@db/app?target=x",
        "postgresql://ann:s3cret@%2Fvar%2Frun/app",
        "host=/var/run dbname=app password=s3cret",
        "host=a,b port=1,2,3 dbname=app password=s3cret",
        "host=db dbname=app password='s3cret"
      })
  void refusesTheRestWithoutRepeatingThePassword(String text) {
    assertThatThrownBy(() -> PostgresConnection.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("POSTGRES_CONN_STR must be postgresql://user:password@host")
        .message()
        .doesNotContain("s3cret");
  }

  @Test
  void theVariableIsTheDatabaseUnlessSpringsOwnIsGiven() {
    String variable = "--POSTGRES_CONN_STR=postgres://ann:x@db/app";

    assertThat(database(variable)).isEqualTo("jdbc:postgresql://db/app ann x");
    assertThat(database(variable, "--spring.datasource.url=jdbc:postgresql://other/app"))
        .isEqualTo("jdbc:postgresql://other/app null null");
    assertThat(database("--POSTGRES_CONN_STR=")).isEqualTo("null null null");
  }

  private static String database(String... arguments) {
    try (var context =
        new SpringApplicationBuilder(Empty.class).web(WebApplicationType.NONE).run(arguments)) {
      Environment environment = context.getEnvironment();
      return "%s %s %s"
          .formatted(
              environment.getProperty("spring.datasource.url"),
              environment.getProperty("spring.datasource.username"),
              environment.getProperty("spring.datasource.password"));
    }
  }
}
