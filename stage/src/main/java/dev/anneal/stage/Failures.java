package dev.anneal.stage;

import dev.anneal.schemas.Temporary;
import java.io.IOException;
import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.util.Set;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.SerializationException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.transaction.TransactionException;

/// Which failures are temporary: the broker, the database, the registry, a disk or a peer is away
/// and comes back. Only these are retried for as long as it takes; any other failure would come
/// again in the same way.
public final class Failures {
  /// SQLSTATE classes of PostgreSQL that pass: connection, no resources (a full disk too), operator
  /// intervention (a shutdown), the system, a transaction that lost against another.
  private static final Set<String> TEMPORARY_SQL_CLASSES = Set.of("08", "53", "57", "58", "40");

  /// The class of `lock_not_available`; its other states do not pass.
  private static final String LOCK_NOT_AVAILABLE = "55P03";

  /// Of a server that is a standby until its failover ends.
  private static final String READ_ONLY_TRANSACTION = "25006";

  private Failures() {}

  /// By what the database says, else by the first cause whose type tells.
  public static boolean isTemporary(Throwable failure) {
    boolean isOfKnownType = false;
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof RejectedRecord || cause instanceof SerializationException) {
        return isOfKnownType;
      }
      if (cause instanceof SQLException sql && sql.getSQLState() != null) {
        return isTemporary(sql, sql.getSQLState());
      }
      isOfKnownType |= isTemporaryItself(cause);
    }
    return isOfKnownType;
  }

  private static boolean isTemporaryItself(Throwable failure) {
    return failure instanceof Temporary
        || failure instanceof RetriableException
        || failure instanceof InterruptException
        || failure instanceof InterruptedException
        || failure instanceof IOException
        || failure instanceof TransientDataAccessException
        || failure instanceof RecoverableDataAccessException
        || failure instanceof DataAccessResourceFailureException // no connection
        || failure instanceof TransactionException // not begun, or its end is not known
        || failure instanceof SQLTransientException
        || failure instanceof SQLRecoverableException;
  }

  private static boolean isTemporary(SQLException failure, String state) {
    return failure instanceof SQLTransientException
        || failure instanceof SQLRecoverableException
        || (state.length() > 2 && TEMPORARY_SQL_CLASSES.contains(state.substring(0, 2)))
        || state.equals(LOCK_NOT_AVAILABLE)
        || state.equals(READ_ONLY_TRANSACTION);
  }

  /// Runs what a record asks for. A record that is nested too deeply for the stack is a failure of
  /// its own; as an [Error] it would end the thread.
  static void withoutOverflow(Runnable work) {
    try {
      work.run();
    } catch (StackOverflowError e) {
      throw new IllegalStateException("nested too deeply", e);
    }
  }
}
