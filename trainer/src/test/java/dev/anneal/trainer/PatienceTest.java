package dev.anneal.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchRuntimeException;

import dev.anneal.stage.Failures;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.transaction.support.TransactionTemplate;

/// How a real PostgreSQL is away.
class PatienceTest {
  private static PGSimpleDataSource dataSource(String url) {
    var dataSource = new PGSimpleDataSource();
    dataSource.setUrl(url);
    return dataSource;
  }

  private static PGSimpleDataSource running() {
    return TestServers.dataSource("patience");
  }

  @Test
  void bearsWithAConnectionThatAStoppingServerEnds() throws SQLException {
    // Given
    var other = JdbcClient.create(running());
    try (var connection = running().getConnection()) {
      var jdbc = JdbcClient.create(new SingleConnectionDataSource(connection, true));
      int backend = jdbc.sql("select pg_backend_pid()").query(Integer.class).single();
      // When
      other
          .sql("select pg_terminate_backend(?, 5000)")
          .param(backend)
          .query(Boolean.class)
          .single();
      // Then: told that it ends, and then without a connection
      for (int i = 0; i < 2; i++) {
        var failure =
            catchRuntimeException(() -> jdbc.sql("select 1").query(Integer.class).single());
        assertThat(failure).isNotNull();
        assertThat(Failures.isTemporary(failure)).as(failure.toString()).isTrue();
      }
    }
  }

  @Test
  void bearsWithAServerThatDoesNotListen() throws Exception {
    // Given a port nobody listens on any more
    int port;
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    var away = dataSource("jdbc:postgresql://127.0.0.1:%d/patience".formatted(port));
    // When
    var query =
        catchRuntimeException(
            () -> JdbcClient.create(away).sql("select 1").query(Integer.class).single());
    var transactions = new TransactionTemplate(new DataSourceTransactionManager(away));
    var transaction = catchRuntimeException(() -> transactions.execute(_ -> 1));
    // Then
    assertThat(Failures.isTemporary(query)).isTrue();
    assertThat(Failures.isTemporary(transaction)).isTrue();
  }

  @Test
  void doesNotBearWithAFaultOfOurs() {
    var jdbc = JdbcClient.create(running());
    var failure =
        catchRuntimeException(
            () -> jdbc.sql("select nothing from nowhere").query(Integer.class).single());
    assertThat(new Patience(Duration.ofSeconds(20), () -> 0).bears(failure)).isFalse();
  }
}
