package io.dendra.sweep.storage;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Connections to a database, and changes that happen whole or not at all.
 *
 * <p>Work that fails before it is made final was undone by the database for sure; so when the
 * connection is lost then, or the database prefers another transaction, it is done once more.
 */
final class Transactions implements AutoCloseable {
  private static final int CONNECTIONS = 8;

  private final DatabaseAddress address;
  private final HikariDataSource pool;
  private final Map<Connection, Session> sessions = new ConcurrentHashMap<>();

  /** One writer at a time: to queue here is fair and costs less than to find the file locked. */
  private final ReentrantLock writer = new ReentrantLock();

  /** What is done with a connection. */
  interface Work<T> {
    T with(Session session) throws SQLException;
  }

  /** What is done with a connection, with no result. */
  interface Change {
    void with(Session session) throws SQLException;
  }

  Transactions(DatabaseAddress address) {
    this.address = address;
    HikariConfig config = new HikariConfig();
    config.setPoolName("dendra-sweep-storage");
    config.setDriverClassName(address.dialect().driver());
    config.setJdbcUrl(address.url());
    address.properties().forEach(config::addDataSourceProperty);
    config.setMaximumPoolSize(CONNECTIONS);
    config.setMinimumIdle(1);
    config.setConnectionTimeout(address.dialect() == Dialect.SQLITE ? 60_000 : 10_000);
    config.setInitializationFailTimeout(-1);
    this.pool = new HikariDataSource(config);
  }

  /** Reads by single statements, each of which sees one moment. */
  <T> T read(Work<T> work) {
    try {
      return readOnce(work);
    } catch (SQLException e) {
      if (!DatabaseErrors.isLost(e)) {
        throw DatabaseErrors.of(address, e);
      }
    }
    forgetConnections();
    try {
      return readOnce(work);
    } catch (SQLException e) {
      throw DatabaseErrors.of(address, e);
    }
  }

  /** Where one was lost the others are, too; the next call opens a new one. */
  private void forgetConnections() {
    pool.getHikariPoolMXBean().softEvictConnections();
  }

  private <T> T readOnce(Work<T> work) throws SQLException {
    try (Connection connection = pool.getConnection()) {
      return work.with(session(connection));
    }
  }

  /** Changes that may be made twice with the same outcome. */
  void set(Change change) {
    write(
        true,
        session -> {
          change.with(session);
          return null;
        });
  }

  /** Changes that must not be made twice. */
  <T> T once(Work<T> work) {
    return write(false, work);
  }

  private <T> T write(boolean maybeTwice, Work<T> work) {
    boolean oneWriter = address.dialect() == Dialect.SQLITE;
    if (oneWriter) {
      writer.lock();
    }
    try {
      return writeAgain(maybeTwice, work);
    } finally {
      if (oneWriter) {
        writer.unlock();
      }
    }
  }

  private <T> T writeAgain(boolean maybeTwice, Work<T> work) {
    boolean[] ending = {false};
    try {
      return writeOnce(work, ending);
    } catch (SQLException e) {
      boolean lost = DatabaseErrors.isLost(e);
      if (lost && ending[0] && !maybeTwice) {
        throw DatabaseErrors.unknown(address, e);
      }
      if (!lost && !DatabaseErrors.isUndone(e)) {
        throw DatabaseErrors.of(address, e);
      }
    }
    forgetConnections();
    ending[0] = false;
    try {
      return writeOnce(work, ending);
    } catch (SQLException e) {
      throw ending[0] && DatabaseErrors.isLost(e)
          ? DatabaseErrors.unknown(address, e)
          : DatabaseErrors.of(address, e);
    }
  }

  private <T> T writeOnce(Work<T> work, boolean[] ending) throws SQLException {
    try (Connection connection = pool.getConnection()) {
      try {
        // Begins in SQLite at once, and finds the file locked here.
        connection.setAutoCommit(false);
        T result = work.with(session(connection));
        ending[0] = true;
        connection.commit();
        return result;
      } catch (SQLException | RuntimeException | Error e) {
        undo(connection, e);
        throw e;
      }
    }
  }

  /**
   * A connection that failed is not used again: when SQLite undoes a transaction by itself (a full
   * disk, a locked file), its driver goes on as if there was one.
   */
  private void undo(Connection connection, Throwable failure) {
    boolean failed = failure instanceof SQLException;
    try {
      connection.rollback();
    } catch (SQLException e) {
      failed = true;
      failure.addSuppressed(e);
    }
    if (failed) {
      pool.evictConnection(connection);
    }
  }

  /** That of the connection behind one of the pool, which would close its statements. */
  private Session session(Connection pooled) throws SQLException {
    Connection connection = pooled.unwrap(Connection.class);
    Session session = sessions.get(connection);
    if (session == null) {
      sessions.values().removeIf(Session::isClosed);
      session = new Session(connection);
      sessions.put(connection, session);
    }
    return session;
  }

  @Override
  public void close() {
    pool.close();
  }
}
