package dev.anneal.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.jdbc.BadSqlGrammarException;
import org.springframework.transaction.CannotCreateTransactionException;

class WatchTest {
  private final AtomicLong now = new AtomicLong();
  private final AtomicReference<Supplier<Attempts.Control>> database =
      new AtomicReference<>(() -> Attempts.Control.GO_ON);
  private final Watch watch =
      new Watch(() -> database.get().get(), () -> false, Duration.ofHours(1), now::get);

  private void after(int seconds) {
    now.addAndGet(Duration.ofSeconds(seconds).toNanos());
  }

  private static Attempts.Control away() {
    throw new DataAccessResourceFailureException("the database system is starting up");
  }

  @Test
  void goesOnWhileTheDatabaseIsAwayForLessThanTheLease() {
    // Given
    database.set(WatchTest::away);
    watch.check();
    after(19);
    watch.check();
    // When it comes back, and goes again
    database.set(() -> Attempts.Control.GO_ON);
    after(1);
    watch.check();
    database.set(WatchTest::away);
    after(10);
    watch.check();
    after(59);
    // Then
    assertThatCode(watch::check).doesNotThrowAnyException();
  }

  @Test
  void letsGoOfTheRunWhenTheDatabaseIsAwayForTheWholeLease() {
    database.set(WatchTest::away);
    watch.check();
    after(60);
    assertThatThrownBy(watch::check)
        .isInstanceOfSatisfying(
            Stopped.class, e -> assertThat(e.end()).isEqualTo(new Attempted.Interrupted()));
  }

  @Test
  void learnsOfACancelOnceTheDatabaseIsBack() {
    database.set(WatchTest::away);
    watch.check();
    database.set(() -> Attempts.Control.CANCELLED);
    after(5);
    assertThatThrownBy(watch::check)
        .isInstanceOfSatisfying(
            Stopped.class, e -> assertThat(e.end()).isEqualTo(new Attempted.Cancelled()));
  }

  @Test
  void progressThatCannotBeToldIsLeftOut() {
    assertThatCode(
            () ->
                watch.tolerate(
                    () -> {
                      throw new CannotCreateTransactionException("no connection");
                    }))
        .doesNotThrowAnyException();
  }

  @Test
  void aFaultInAStatementIsNotTakenForAnAbsence() {
    var fault =
        new BadSqlGrammarException("ask", "selct", new java.sql.SQLException("syntax error"));
    assertThatThrownBy(
            () ->
                watch.tolerate(
                    () -> {
                      throw fault;
                    }))
        .isSameAs(fault);
  }
}
